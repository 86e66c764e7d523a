"""What each request costs, in the log of the development server: SQL statements and trips to the stores and the cache.

The line of a request has their numbers and milliseconds. A statement that a request repeats is named with the app's
line: a loop over rows without `select_related` or `prefetch_related` does that.
"""

import time
from collections.abc import Callable
from contextlib import ExitStack
from functools import cache, wraps
from typing import Any

import redis.connection
import structlog
from django.db import connections
from django.http import HttpRequest, HttpResponse
from pymemcache.client.base import Client

from core.stores.pymemcache_internals import ROUND_TRIPS

from .outgoing import watch_connections
from .requests import Costs, current, place_of_caller

logger = structlog.get_logger("portal.development")

REPEATED = 5  # so often, a statement is named
LONGEST_STATEMENT = 300  # characters of it in the log


class RoundTripsMiddleware:
    """Counts for each request. The settings have it in development alone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]):
        self.get_response = get_response
        watch_stores()
        watch_connections()

    def __call__(self, request: HttpRequest) -> HttpResponse:
        costs = Costs()
        token = current.set(costs)
        try:
            with ExitStack() as stack:
                for connection in connections.all():
                    stack.enter_context(connection.execute_wrapper(count_statement))
                return self.get_response(request)
        finally:
            current.reset(token)
            structlog.contextvars.bind_contextvars(**costs.as_fields())
            report_repeated(request, costs)


def count_statement(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
    """Count a statement and its time: a wrapper of Django's."""
    costs = current.get()
    started = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        if costs is not None:
            costs.sql_seconds += time.perf_counter() - started
            costs.statements[sql] += 1
            if costs.statements[sql] == REPEATED:
                costs.places[sql] = place_of_caller()


def report_repeated(request: HttpRequest, costs: Costs) -> None:
    for sql, place in costs.places.items():
        logger.warning(
            "repeated_statement",
            times=costs.statements[sql],
            place=place,
            sql=sql[:LONGEST_STATEMENT],
            path=request.path,
        )


@cache
def watch_stores() -> None:
    """Let the clients of Redis and Memcached count their trips, once for the process."""
    connection: Any = redis.connection.AbstractConnection
    connection.send_packed_command = counting(connection.send_packed_command, trips=1)
    connection.read_response = counting(connection.read_response, trips=0)
    client: Any = Client
    for name in ROUND_TRIPS:
        setattr(client, name, counting(getattr(client, name), trips=1))


def counting(function: Callable[..., Any], *, trips: int) -> Callable[..., Any]:
    """Return the function, which then adds its time and so many trips to the costs of the current request."""

    @wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        costs = current.get()
        if costs is None:
            return function(*args, **kwargs)
        started = time.perf_counter()
        try:
            return function(*args, **kwargs)
        finally:
            costs.stores += trips
            costs.store_seconds += time.perf_counter() - started

    return wrapper
