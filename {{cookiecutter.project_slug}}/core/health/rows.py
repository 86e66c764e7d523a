"""The stack, row by row and tier by tier: the order in which doctor shows it and containers start."""

from .broker import MessageBrokerCheck, SchedulerCheck, WorkerCheck
from .checks import Check
from .database import DatabaseCheck
from .outward import FrontendCheck, MailCheck
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
    FrontendCheck(),
)
