"""The names of topics: `<app>:<thing>`, such as `polls:7`.

`person:<id>` is the topic of a person, to which browsers subscribe as `person`. The topics of `core` are for the portal
itself: no app can have that name, so no browser can subscribe to them.
"""

import re

PERSON = "person"
INTERNAL = "core"

NAME = re.compile(r"(?P<app>[a-z][a-z0-9_]{0,39}):(?P<thing>[a-zA-Z0-9_.-]{1,50})")
GRAMMAR = "the app's name, a colon, and 1 to 50 letters, digits and _ . -, such as polls:7"


def split(topic: str) -> tuple[str, str] | None:
    """Return the app and the thing of a topic; None if that is not a topic's name."""
    match = NAME.fullmatch(topic)
    return (match["app"], match["thing"]) if match else None


def group_of(topic: str) -> str:
    """Return the group of the channel layer. A group's name has no colon, and an app's name no full stop."""
    return topic.replace(":", ".", 1)


def person_topic(person_id: int) -> str:
    """Return the topic of what changes for a person, such as their inbox."""
    return f"{PERSON}:{person_id}"
