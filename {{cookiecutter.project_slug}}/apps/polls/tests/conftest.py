from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.utils import timezone

from apps.polls.actions import poll_create
from core.testing.client import PortalClient

TOMORROW = timedelta(days=1)


@pytest.fixture
def make_poll(make_person):
    """Return a function that opens a poll: `make_poll(choices=["Tea", "Coffee"], closes_in=timedelta(hours=1))`."""

    def make(*, question="Tea or coffee?", choices=("Tea", "Coffee"), closes_in=TOMORROW, **more):
        closes_at = timezone.now() + closes_in
        return poll_create(
            author=more.pop("author", None) or make_person(),
            question=question,
            choices=choices,
            closes_at=closes_at,
            **more,
        )

    return make


@pytest.fixture
def allow():
    """Grant one of Django's permissions to a person, as /admin/ does."""

    def allow(person, codename):
        person.user_permissions.add(Permission.objects.get(content_type__app_label="polls", codename=codename))
        return PortalClient().sign_in(person)

    return allow


@pytest.fixture
def announcer(sign_in_as):
    """Return the client of a person who may notify others of a poll."""
    return sign_in_as("faculty", username="announcer")
