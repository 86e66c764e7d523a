"""Tabs of a real browser, which show a person's unread notifications and a poll. They are never reloaded."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Error, Page

from tests.support.browser import running_browser
from tests.support.members import Member

READ_MILLISECONDS = 2000
HIGHEST = 99  # the bell shows 99+ for a higher number


@dataclass(frozen=True)
class Numbers:
    """What a tab shows: the bell's number and the poll's votes. Both only grow while nobody reads or closes."""

    unread: int
    votes: int

    def has(self, other: Numbers) -> bool:
        return self.unread >= other.unread and self.votes >= other.votes


class Tab:
    """A tab with the page of a poll, opened by a member."""

    def __init__(self, page: Page, member: Member, poll: int) -> None:
        self.page, self.member, self.poll = page, member, poll

    def visible(self) -> Numbers | None:
        """Return what the tab shows, None while it shows no poll."""
        bell = self.page.get_by_role("button", name=re.compile(r"^Notifications"))
        votes = self.page.get_by_text(re.compile(r"\d+ votes?"))
        try:
            label = bell.get_attribute("aria-label", timeout=READ_MILLISECONDS)
            text = votes.first.inner_text(timeout=READ_MILLISECONDS)
        except Error:
            return None
        return Numbers(number_in(label or ""), number_in(re.search(r"\d+ votes?", text)[0]))

    def served(self) -> Numbers | None:
        """Return what the server has for the tab. None: an answer failed."""
        count, poll = self.member.get("/api/notifications/count/"), self.member.get(f"/api/polls/{self.poll}/")
        if not (count and poll and count.status == poll.status == 200):
            return None
        return Numbers(min(count.json()["unread"], HIGHEST), poll.json()["votes"])

    def describe(self) -> str:
        return (
            f"the tab of {self.member.username} on {self.member.site}: shows {self.visible()}, served {self.served()}"
        )


def number_in(text: str) -> int:
    found = re.search(r"\d+", text)
    return int(found[0]) if found else 0


@contextmanager
def open_tabs(chromium: str | None, members: Sequence[Member], poll: int) -> Iterator[list[Tab]]:
    """Open a tab for each member, in a browser that accepts the portal's certificate. Without a browser, open none."""
    if chromium is None:
        yield []
        return
    with running_browser(chromium) as browser:
        tabs = []
        for member in members:
            context = browser.new_context(ignore_https_errors=True)
            origin, cookies = member.visitor.origin, member.visitor.cookies.items()
            context.add_cookies(
                [{"name": name, "value": value, "url": origin, "secure": True} for name, value in cookies]
            )
            page = context.new_page()
            page.goto(f"{origin}/polls/{poll}/")
            page.get_by_text(re.compile(r"\d+ votes?")).first.wait_for()
            tabs.append(Tab(page, member, poll))
        yield tabs
