"""A kind of notification for the tests, and what sends and reads notifications of it."""

import pytest

from core.plugins.manifest import NotificationKind
from core.plugins.registry import installed_plugins
from services.notifications import notify
from services.notifications.selectors import notifications_page


@pytest.fixture
def declare(monkeypatch):
    """Declare a kind: `declare("due", title="{book} is due")`. Its name is then `notifications.due`."""

    def declare(name, **members):
        kinds = installed_plugins()["notifications"].manifest.notifications
        monkeypatch.setitem(kinds, name, NotificationKind(**members))

    return declare


@pytest.fixture(autouse=True)
def test_kind(declare):
    declare("test", title="{what}")


@pytest.fixture
def send():
    """Send a message whose title is `what` to people: `send(person, what="Hello")`."""

    def send(*people, what="Hello", **more):
        return notify("notifications.test", to=people, params={"what": what}, **more)

    return send


@pytest.fixture
def titles():
    """Return the titles that a person reads, newest first."""

    def titles(person, **more):
        options = {"before": None, "size": 50, "only_unread": False, **more}
        return [entry["title"] for entry in notifications_page(person, **options)[0]]

    return titles
