"""The stack, row by row and tier by tier: the order in which doctor shows it and containers start."""

from django.conf import settings

from .broker import MessageBrokerCheck, SchedulerCheck, WorkerCheck
from .checks import Check
from .database import DatabaseCheck
from .outward import FrontendCheck, MailCheck
from .servers import RedisGuiCheck, ReverseProxyCheck, ServerCheck, SocketsCheck
from .stores import ApplicationStoreCheck, CacheCheck, ChannelLayerCheck, NotificationStoreCheck, SessionStoreCheck

ROWS: tuple[Check, ...] = (
    MessageBrokerCheck(),
    ChannelLayerCheck(),
    SessionStoreCheck(),
    NotificationStoreCheck(),
    ApplicationStoreCheck(),
    DatabaseCheck(),
    CacheCheck(),
    WorkerCheck(),
    SchedulerCheck(),
    MailCheck(),
)

IN_CONTAINERS: tuple[Check, ...] = (
    ServerCheck("intranet"),
    ServerCheck("internet"),
    SocketsCheck("intranet"),
    SocketsCheck("internet"),
    RedisGuiCheck(),
    ReverseProxyCheck(),
)

ELSEWHERE: tuple[Check, ...] = (FrontendCheck(),)


def rows() -> tuple[Check, ...]:
    """The rows that this portal has, in their tiers' order."""
    in_containers = settings.CONFIGURATION.environment.in_containers
    return tuple(sorted([*ROWS, *(IN_CONTAINERS if in_containers else ELSEWHERE)], key=lambda check: check.tier))
