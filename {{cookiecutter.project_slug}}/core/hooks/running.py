"""Calls the functions of apps in `attention.py` and `search.py`, each within limits, whatever the others do."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from time import monotonic
from typing import Any, Protocol, Self

import structlog
from django.conf import settings
from django.db import connection

from core.access.audience import decide
from core.access.visitor import Visitor
from core.plugins.discovery import Plugin
from core.plugins.registry import installed_plugins
from core.stores.database import reading
from core.stores.outage import is_outage

from .timings import timings

logger = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Limits:
    """How long apps may take, in milliseconds: one app and each of its SQL statements, and all apps together."""

    app: int
    all: int


# A search may take longer: it is asked for, it scans more, and what the page knows is there meanwhile.
LIMITS = {"attention": Limits(app=300, all=2_000), "search": Limits(app=1_000, all=3_000)}


class Late(Exception):
    """The time of the app is over."""


class Item(Protocol):
    def checked(self) -> Self: ...


@dataclass(frozen=True, slots=True)
class Answers[T]:
    """The items of each app that has some, and the names of the apps that failed, were late or were not asked."""

    by_app: dict[str, list[T]]
    incomplete: list[str]


def run_hook[T: Item](
    hook: str, visitor: Visitor, *arguments: Any, most: int, item_type: type[T], app: str = ""
) -> Answers[T]:
    """Call the function `hook` of each app whose audience admits the visitor; with `app`, of this one only.

    Each app gives at most `most` items. One that fails, or takes longer than its limit, keeps the items that it gave
    until then, and is among the incomplete ones. Those that took longest the last time are called last.
    """
    answers: Answers[T] = Answers({}, [])
    limits = LIMITS[hook]
    end = monotonic() + limits.all / 1000
    for plugin in sorted(plugins_with(hook, visitor, app), key=lambda plugin: timings.seconds(hook, plugin.name)):
        items: list[T] = []
        limit = min(monotonic() + limits.app / 1000, end)
        if monotonic() > end or timings.is_stuck(hook, plugin.name):
            logger.warning("hook_skipped", hook=hook, app=plugin.name)
            answers.incomplete.append(plugin.name)
            continue
        with timings.measure(hook, plugin.name):
            try:
                with reading(milliseconds=limits.app), deadline(limit):
                    for item in call(plugin, hook, visitor, *arguments):
                        check_deadline(limit)
                        if not isinstance(item, item_type):
                            raise TypeError(f"{hook} of {plugin.module} yields {item_type.__name__}, not {item!r:.100}")
                        items.append(item.checked())
                        if len(items) == most:
                            break
                    check_deadline(limit)
            except Exception as error:
                log(hook, plugin, error)
                answers.incomplete.append(plugin.name)
        if items:
            answers.by_app[plugin.name] = items
    answers.incomplete.sort()
    return answers


def plugins_with(hook: str, visitor: Visitor, app: str) -> list[Plugin]:
    return [
        plugin
        for plugin in installed_plugins().values()
        if app in ("", plugin.name) and plugin.has(hook) and decide(plugin.manifest.audience, visitor, settings.SITE)
    ]


def call(plugin: Plugin, hook: str, *arguments: Any) -> Iterable[Any]:
    function: Callable[..., Iterable[Any]] = getattr(import_module(f"{plugin.module}.{hook}"), hook)
    return function(*arguments)


@contextmanager
def deadline(end: float) -> Iterator[None]:
    """Refuse SQL statements of the block after `end`."""

    def execute_in_time(execute: Callable[..., Any], *arguments: Any) -> Any:
        check_deadline(end)
        return execute(*arguments)

    with connection.execute_wrapper(execute_in_time):
        yield


def check_deadline(end: float) -> None:
    if monotonic() > end:
        raise Late


def log(hook: str, plugin: Plugin, error: Exception) -> None:
    if isinstance(error, Late):
        logger.warning("hook_late", hook=hook, app=plugin.name)
    elif is_outage(error):
        logger.warning("hook_unavailable", hook=hook, app=plugin.name, error=type(error).__name__)
    else:
        logger.error("hook_failed", hook=hook, app=plugin.name, exc_info=error)
