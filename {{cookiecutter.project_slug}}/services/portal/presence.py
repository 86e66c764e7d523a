"""Count the people who look at a topic."""

from core.access.topics import refusal_of
from core.access.visitor import Visitor
from core.people.models import Person
from core.stores.presence import Presence

TOPIC = r"^([a-z][a-z0-9_]*):([A-Za-z0-9._-]{1,80})$"  # the app, and what it calls the thing: polls:7


def may_look_at(name: str, visitor: Visitor) -> bool:
    """Return whether a visitor may subscribe to the topic called `name`, such as polls:7."""
    return refusal_of(name, visitor) is None


def people_at(name: str, visitor: Visitor, *, leave: bool = False) -> int:
    """Count the visitor at a topic, or with `leave` no longer, and return how many people are there.

    Anonymous visitors are not counted.
    """
    app, _, thing = name.partition(":")
    presence, person = Presence(app, thing), visitor.person
    if not isinstance(person, Person):
        return presence.count()
    return presence.leave(person.pk) if leave else presence.touch(person.pk)
