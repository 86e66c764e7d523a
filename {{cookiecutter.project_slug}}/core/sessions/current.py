"""The session of the current request or socket, for decisions that know only the person.

It is a context variable: the tasks and threads that Django, Channels and asgiref start for a request or a socket have
it too. Commands and the worker have none.
"""

from contextvars import ContextVar
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.core.signals import request_finished
from django.dispatch import receiver

_current: ContextVar[SessionBase | None] = ContextVar("current_session", default=None)


def current_session() -> SessionBase | None:
    return _current.get()


def set_current_session(session: SessionBase | None) -> None:
    _current.set(session)


@receiver(request_finished)
def forget_session(**kwargs: Any) -> None:
    """Forget the session once the whole response was sent: the thread goes on to other work."""
    set_current_session(None)
