"""What a mail shows of a message, where the title and the body of its kind are not enough.

    register("announcements.published", render)

An app calls it in its `signals.py`, which is imported when the portal starts.
"""

from collections.abc import Callable, Mapping
from typing import Any

# Takes the parameters of a message and a language, and returns plain text and HTML. The HTML goes into a cell of a
# table as it is: the caller has made sure that nothing in it is anybody's markup.
Render = Callable[[Mapping[str, Any], str], tuple[str, str]]

_renderers: dict[str, Render] = {}


def register(kind: str, render: Render) -> None:
    """Let `render` make the text of messages of a kind, such as `announcements.published`, below their title.

    Raises ValueError for a name that is none, and for a kind that has another renderer.
    """
    app, _, name = kind.partition(".")
    if not (app and name):
        raise ValueError(f"a kind with its app, such as announcements.published, not {kind!r}")
    if _renderers.setdefault(kind, render) is not render:
        raise ValueError(f"{kind} has a renderer already: {_renderers[kind]}")


def renderer_of(app: str, kind: str) -> Render | None:
    return _renderers.get(f"{app}.{kind}")
