"""200 people who use a running stack, and what came of it when each of its parts was killed once."""

from __future__ import annotations

import contextlib
import itertools
import os
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest

from tests.stack.conftest import forwarding_addresses
from tests.stack.faults.tabs import Tab, open_tabs
from tests.support.activity import Activity, Poll, open_poll
from tests.support.browser import find_chromium
from tests.support.compose import Stack, inspect
from tests.support.mail_server import MailServer
from tests.support.members import Member, announcers, create_members, delete_members
from tests.support.notifier import ALARM, APP, Notifier
from tests.support.open_pages import OpenPage, read
from tests.support.waiting import wait_until

PEOPLE, PAGES = 200, 20
REQUESTS_PER_SECOND = 40
ROLE = "student"

# A mail whose worker was killed is sent again after three minutes, so the worker is first.
KILLED = (
    "worker",
    "notification-store",
    "channel-layer",
    "application-store",
    "cache",
    "message-broker",
    "database",
    "scheduler",
    "intranet-server",
    "internet-server",
    "intranet-sockets",
    "internet-sockets",
)

BACK_SECONDS = 60  # until a killed part is healthy
SHOWN_SECONDS = 10  # until every page then shows what the server has
POLL_EVERY_SECONDS, SHORT_POLL_SECONDS = 7, 30


@pytest.fixture(scope="package")
def members(stack: Stack, tls: ssl.SSLContext, sessions: dict) -> Iterator[list[Member]]:
    """200 signed-in people, each with an IP address of their own, so that no limit has to be raised."""
    with forwarding_addresses(stack):
        members = create_members(stack, tls, number=PEOPLE, role=ROLE)
        try:
            yield members
        finally:
            delete_members(stack, members)


@pytest.fixture(scope="package")
def chromium() -> str | None:
    """The browser's path. Without a browser there are no tabs; with CI=true the tests fail then."""
    path = find_chromium()
    if path is None and os.environ.get("CI") == "true":
        pytest.fail("no Chromium was found (CHROMIUM=<path> names one)")
    return path


@dataclass
class Recovery:
    """What happened when a part was killed. Times are in seconds, None when it took too long."""

    service: str
    back: float | None = None  # from the kill until the part was healthy
    pages: float | None = None  # from then until every page showed what the server has
    tabs: float | None = None  # from then until the browser's tabs did
    statuses: dict[int, int] = field(default_factory=dict)  # of the requests meanwhile
    behind: list[str] = field(default_factory=list)  # the pages that did not

    def __str__(self) -> str:
        times = {"healthy": self.back, "pages": self.pages, "tabs": self.tabs}
        found = (f"{name} {'never' if seconds is None else f'{seconds:.1f} s'}" for name, seconds in times.items())
        return f"{self.service}: {', '.join(found)}; requests by status {self.statuses}"


@dataclass
class Faults:
    run: str
    members: list[Member]
    activity: Activity
    pages: list[OpenPage]
    tabs: int
    recoveries: list[Recovery]
    notifier: Notifier
    seconds: float
    killed_at: dict[str, float]  # service → time.monotonic()
    healthy_at: float  # time.monotonic() when the last part was healthy again

    @property
    def polls(self) -> list[Poll]:
        return self.activity.polls


class Container:
    """A service's container. A restart keeps its id. The engine is asked without Compose, which takes longer."""

    def __init__(self, stack: Stack, service: str) -> None:
        self.id = stack.container(service)["Id"]

    def restarts(self) -> int:
        return inspect("container", self.id)[0]["RestartCount"]

    def is_healthy(self) -> bool:
        state = inspect("container", self.id)[0]["State"]
        return state["Running"] and state["Health"]["Status"] == "healthy"


@pytest.fixture(scope="package")
def faults(stack: Stack, members: list[Member], mail_server: MailServer, chromium: str | None) -> Faults:
    """Kill each part once while the members read, vote and are notified."""
    run, started = str(time.time_ns()), time.monotonic()
    first = open_poll(members[0], "What do the pages show?", seconds=86400)
    assert first, "the first poll could not be opened"
    # The members with a tab do nothing, so that the numbers of their tabs only grow.
    with_tab = [members[1], members[-1]]
    active = [member for member in members if member not in with_tab]
    activity = Activity(active, rate=REQUESTS_PER_SECOND, polls=[first], mailed={f"{APP}.{ALARM}"})
    pages = [OpenPage(member, first.id) for member in active[:: len(active) // PAGES]][:PAGES]
    recoveries, killed_at = [], {}
    with opened(pages), open_tabs(chromium, with_tab, first.id) as tabs:
        wait_until(lambda: all(page.is_subscribed and page.visible for page in pages), seconds=20)
        notifier = Notifier(stack, members, run=run, role=ROLE)
        with notifier, activity, opening_polls(activity, authors=announcers(members)):
            for service in KILLED:
                killed_at[service] = time.monotonic()
                recoveries.append(kill_and_recover(stack, service, activity, pages, tabs))
            healthy_at = time.monotonic()
        recoveries.append(compare_in_the_end(pages, tabs))
    return Faults(
        run=run,
        members=members,
        activity=activity,
        pages=pages,
        tabs=len(tabs),
        recoveries=recoveries,
        notifier=notifier,
        seconds=time.monotonic() - started,
        killed_at=killed_at,
        healthy_at=healthy_at,
    )


@contextlib.contextmanager
def opened(pages: Sequence[OpenPage]) -> Iterator[None]:
    for page in pages:
        page.start()
    try:
        yield
    finally:
        for page in pages:
            page.close()
        for page in pages:
            page.join(timeout=30)


@contextlib.contextmanager
def opening_polls(activity: Activity, *, authors: Sequence[Member]) -> Iterator[None]:
    """Open a poll every few seconds, and notify everyone of it. Every other one closes during the test."""
    ended = threading.Event()

    def open_until_ended() -> None:
        for number, author in enumerate(itertools.cycle(authors), 1):
            if ended.wait(POLL_EVERY_SECONDS):
                return
            seconds = SHORT_POLL_SECONDS if number % 2 else 86400
            if poll := open_poll(author, f"Question {number}?", seconds=seconds, roles=[ROLE]):
                activity.polls.append(poll)

    thread = threading.Thread(target=open_until_ended, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join(timeout=30)


def kill_and_recover(
    stack: Stack, service: str, activity: Activity, pages: Sequence[OpenPage], tabs: Sequence[Tab]
) -> Recovery:
    """Kill a part, wait until it is healthy, and then until every page shows what the server has."""
    recovery, container = Recovery(service), Container(stack, service)
    before, restarts, killed_at = activity.all_statuses(), container.restarts(), time.monotonic()
    stack.kill(service)
    with contextlib.suppress(TimeoutError):
        wait_until(lambda: container.restarts() > restarts and container.is_healthy(), seconds=BACK_SECONDS, every=0.2)
        recovery.back = time.monotonic() - killed_at
    healthy_at = time.monotonic()
    wait_until_visible(pages, tabs, healthy_at, recovery)
    recovery.statuses = dict(sorted((activity.all_statuses() - before).items()))
    print(recovery, *recovery.behind, sep="\n    ", flush=True)  # pytest shows it when the test fails
    return recovery


def compare_in_the_end(pages: Sequence[OpenPage], tabs: Sequence[Tab]) -> Recovery:
    """Wait until every page shows exactly what the server has, once nobody changes anything any more."""
    recovery, ended_at = Recovery("in the end", back=0.0), time.monotonic()
    recovery.pages = seconds_until(
        lambda: all(page.visible == read(page.member, page.poll) for page in pages), ended_at
    )
    recovery.tabs = seconds_until(lambda: all(tab.visible() == tab.served() for tab in tabs), ended_at)
    if recovery.tabs is None:
        recovery.behind = [tab.describe() for tab in tabs]
    return recovery


def wait_until_visible(pages: Sequence[OpenPage], tabs: Sequence[Tab], since: float, recovery: Recovery) -> None:
    """Wait until all pages and tabs show at least what the server had at `since`. Note when, and which do not."""
    with ThreadPoolExecutor(8) as executor:
        answers = executor.map(lambda page: served(lambda: read(page.member, page.poll)), pages)
        expected = dict(zip(pages, answers, strict=True))
        of_tabs = dict(zip(tabs, executor.map(lambda tab: served(tab.served), tabs), strict=True))

    def is_behind(page: OpenPage) -> bool:
        wanted = expected[page]
        return not (wanted and page.is_subscribed and page.visible and page.visible.has(wanted))

    def is_tab_behind(tab: Tab) -> bool:
        wanted, visible = of_tabs[tab], tab.visible()
        return not (wanted and visible and visible.has(wanted))

    recovery.pages = seconds_until(lambda: not any(map(is_behind, pages)), since)
    recovery.tabs = seconds_until(lambda: not any(map(is_tab_behind, tabs)), since)
    recovery.behind = [
        f"{page.member.username} on {page.member.site}: subscribed to {page.subscribed}, shows {page.visible}, "
        f"expected {expected[page]}, sockets ended with {dict(page.ends)}"
        for page in pages
        if is_behind(page)
    ] + [tab.describe() for tab in tabs if is_tab_behind(tab)]


def served[Answer](read: Callable[[], Answer]) -> Answer | None:
    """Return what the server has, which may take a moment after a part is healthy, or None."""
    try:
        return wait_until(read, seconds=SHOWN_SECONDS, every=0.2)
    except TimeoutError:
        return None


def seconds_until(condition: Callable[[], bool], since: float) -> float | None:
    """Return how long after `since` the condition held, None when it did not within SHOWN_SECONDS."""
    try:
        wait_until(condition, seconds=max(0.0, SHOWN_SECONDS - (time.monotonic() - since)), every=0.1)
    except TimeoutError:
        return None
    return time.monotonic() - since
