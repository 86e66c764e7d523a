"""Fixtures for the tests of people: maintainers, and a clerk with some of their permissions."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.utils import timezone

from core.testing.client import PortalClient


@pytest.fixture
def today(db):
    return timezone.localdate()


@pytest.fixture
def boss(make_person):
    return make_person("boss", display_name="The boss", email="boss@example.edu", is_staff=True, is_superuser=True)


@pytest.fixture
def maintainer(boss):
    return PortalClient().sign_in(boss)


@pytest.fixture
def clerk(make_person):
    """Make a client of a person who can use the admin and has these permissions through a group."""

    def make(*permissions, **fields):
        clerk = make_person("clerk", **{"is_staff": True, **fields})
        group = Group.objects.create(name="Registrar's office")
        group.permissions.set(
            Permission.objects.filter(codename__in=permissions, content_type__app_label="core_people")
        )
        clerk.groups.add(group)
        return PortalClient().sign_in(clerk)

    return make
