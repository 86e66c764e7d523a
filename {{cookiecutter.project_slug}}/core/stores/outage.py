"""A server that does not answer: one answer for people and programs, whichever row it is."""

import structlog
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

logger = structlog.get_logger(__name__)

RETRY_AFTER_SECONDS = 5

STORE_ERRORS = (RedisConnectionError, RedisTimeoutError)


def is_outage(error: BaseException) -> bool:
    """Whether an error says that a server is away, or too slow to wait for.

    Of SQLite the same classes may mean a missing table, which is a mistake and has to look like one.
    """
    if isinstance(error, OperationalError | InterfaceError):
        return connection.vendor == "postgresql"
    return isinstance(error, (*STORE_ERRORS, BrokerError))


def unavailable(request: HttpRequest, error: BaseException) -> HttpResponse:
    """503 for a request that needs a server which is away; cookies are left alone, so nobody is signed out."""
    from core.http.problems import error_response  # it needs settings, which need this package's backends

    logger.error("server_unavailable", error=type(error).__name__, reason=str(error), path=request.path)
    response = error_response(
        request,
        503,
        "A part of the portal does not answer at the moment. Nothing is lost: please try again in a few seconds.",
    )
    response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response
