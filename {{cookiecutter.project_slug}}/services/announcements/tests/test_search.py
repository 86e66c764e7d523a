"""Announcements in the search of the portal."""

from datetime import timedelta

import pytest
from django.utils import timezone

from core.testing.client import PortalClient
from services.announcements.models import Announcement, AnnouncementRole

SEARCH = "/api/portal/search/"


@pytest.fixture
def make_sent(make_person):
    """Return a function that makes an announcement: `make_sent("Library", roles=["student"])`."""

    def make(title, *, text="It is closed.", roles=(), **fields):
        fields = {"sent_at": timezone.now(), "summary": text, **fields}
        announcement = Announcement.objects.create(title=title, text=text, **fields)
        for role in roles:
            AnnouncementRole.objects.create(announcement=announcement, name=role)
        return announcement

    return make


def find(client, query):
    groups = client.get(SEARCH, {"q": query}).json()["groups"]
    return [one for group in groups if group["app"] == "announcements" for one in group["results"]]


def test_they_are_found_by_title_and_text(reader, make_sent):
    announcement = make_sent("Library", text="Closed for Café Day.")
    expected = {"title": "Library", "detail": "Closed for Café Day.", "link": announcement.path, "image": ""}
    assert find(reader, "librar") == find(reader, "cafe day") == [expected]
    assert find(reader, "café night") == []


def test_only_current_ones_for_the_visitor_are_found(reader, make_person, give_role, make_sent, visitor):
    make_sent("Library for students", roles=["student"])
    make_sent("Library for all")
    make_sent("Library, expired", expires_at=timezone.now() - timedelta(hours=1))
    make_sent("Library, later", sent_at=None, send_at=timezone.now() + timedelta(hours=1))
    student = make_person()
    give_role(student, "student")
    assert {one["title"] for one in find(reader, "library")} == {"Library for all"}
    titles = {one["title"] for one in find(PortalClient().sign_in(student), "library")}
    assert titles == {"Library for all", "Library for students"}
    assert find(visitor, "library") == []
