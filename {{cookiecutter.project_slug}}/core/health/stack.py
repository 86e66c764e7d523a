"""The health checks of all parts, by tier: the order in which doctor shows them and containers start."""

from django.conf import settings

from .broker import MessageBrokerCheck, SchedulerCheck, WorkerCheck
from .checks import HealthCheck
from .database import DatabaseCheck
from .files import FilesCheck
from .frontend import FrontendCheck
from .institute_sign_in import InstituteSignInCheck
from .mail import MailCheck
from .servers import RedisGuiCheck, ReverseProxyCheck, ServerCheck, SocketsCheck
from .single_sign_on import SingleSignOnCheck
from .stores import ApplicationStoreCheck, CacheCheck, ChannelLayerCheck, NotificationStoreCheck, SessionStoreCheck

HEALTH_CHECKS: tuple[HealthCheck, ...] = (
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
    SingleSignOnCheck(),
)

CONTAINER_CHECKS: tuple[HealthCheck, ...] = (
    ServerCheck("intranet"),
    ServerCheck("internet"),
    SocketsCheck("intranet"),
    SocketsCheck("internet"),
    RedisGuiCheck(),
    ReverseProxyCheck(),
)

BUILD_CHECKS: tuple[HealthCheck, ...] = (FrontendCheck(),)

# With `institute_sign_in` in portal.yaml, and with FILES_URL in .env.
CONFIGURED_CHECKS: tuple[HealthCheck, ...] = (InstituteSignInCheck(), FilesCheck())


def health_checks() -> tuple[HealthCheck, ...]:
    """Return the checks of the parts that this portal has, by tier."""
    in_containers = settings.CONFIGURATION.environment.in_containers
    checks = [*HEALTH_CHECKS, *(CONTAINER_CHECKS if in_containers else BUILD_CHECKS)]
    are_configured = (settings.PORTAL.institute_sign_in, settings.CONFIGURATION.environment.files_url)
    checks += [check for check, is_configured in zip(CONFIGURED_CHECKS, are_configured, strict=True) if is_configured]
    return tuple(sorted(checks, key=lambda check: check.tier))
