"""An update of the portal keeps every notification of the earlier version."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from services.notifications import notify
from services.notifications.selectors import notifications_page

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def earlier():
    """The models of the earlier version, while its tables exist. Afterwards, the tables of today do."""
    executor = MigrationExecutor(connection)
    executor.migrate([("notifications", "0002_link")])
    yield executor.loader.project_state([("notifications", "0002_link")]).apps
    migrate()


def migrate():
    executor = MigrationExecutor(connection)
    executor.migrate(executor.loader.graph.leaf_nodes())


def test_notifications_become_messages(person, make_person, earlier):
    before = timezone.now() - timedelta(days=3)
    notifications = earlier.get_model("notifications", "Notification").objects
    for title, read_at in (("first", before), ("second", None)):
        notifications.create(
            person_id=person.pk,
            app="people",
            kind="old",
            title=title,
            link="/people/",
            created_at=before,
            read_at=read_at,
        )
    notifications.create(person_id=make_person().pk, app="people", kind="old", title="of another person")
    last = notifications.latest("pk").pk
    migrate()
    results, _ = notifications_page(person, before=None, size=9, only_unread=False)
    assert [(one["title"], one["link"], one["created_at"], one["read"]) for one in results] == [
        ("second", "/people/", before, False),
        ("first", "/people/", before, True),
    ]
    assert notify("notifications.test", to=person, params={"what": "new"}).pk > last
