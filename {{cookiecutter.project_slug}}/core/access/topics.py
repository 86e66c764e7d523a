"""Decides who may subscribe to a topic: the audience of its app, as for HTTP, and then the app itself."""

from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from importlib import import_module
from typing import Any, cast

import structlog
from django.conf import settings
from django.core.exceptions import ObjectDoesNotExist

from core.live.names import GRAMMAR, PERSON, split
from core.people.models import Person
from core.plugins.registry import installed_plugins
from core.stores.outage import is_outage

from .audience import Outcome, decide
from .visitor import Visitor

logger = structlog.get_logger(__name__)

Authorize = Callable[[str, Visitor], bool]


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a visitor may not subscribe to a topic. The status is that of HTTP with the same meaning."""

    status: int
    detail: str

    @property
    def is_temporary(self) -> bool:
        return self.status == UNAVAILABLE.status

    def as_problem(self) -> dict[str, Any]:
        return asdict(self)


INVALID = Refusal(400, f"The name of a topic is {GRAMMAR}.")
SIGN_IN = Refusal(Outcome.SIGN_IN.status, Outcome.SIGN_IN.detail)
FORBIDDEN = Refusal(403, "No access to this topic.")
NOT_FOUND = Refusal(404, "There is no such topic.")
FAILED = Refusal(500, "The app failed to decide about this topic.")
UNAVAILABLE = Refusal(503, "Not available at the moment.")


def refusals(names: Iterable[str], visitor: Visitor) -> dict[str, Refusal]:
    """Return why the visitor may not subscribe to some of the topics. It blocks: apps ask the database.

    The person is read again, as for each request over HTTP: a role that was granted a moment ago counts.
    """
    if visitor.has_signed_in:
        try:
            cast(Person, visitor.person).refresh_from_db()
        except ObjectDoesNotExist:
            return dict.fromkeys(names, SIGN_IN)
        except Exception as error:
            if not is_outage(error):
                raise
            return dict.fromkeys(names, UNAVAILABLE)
    found = {name: refusal_of(name, visitor) for name in names}
    return {name: refusal for name, refusal in found.items() if refusal is not None}


def refusal_of(name: str, visitor: Visitor) -> Refusal | None:
    if name == PERSON:
        return None if visitor.has_signed_in else SIGN_IN
    if (parts := split(name)) is None:
        return INVALID
    app, thing = parts
    plugin = installed_plugins().get(app)
    authorize = authorize_of(plugin.module) if plugin is not None and plugin.has("sockets") else None
    if plugin is None or authorize is None:
        return NOT_FOUND
    try:
        decision = decide(plugin.manifest.audience, visitor, settings.SITE)
        if not decision:
            return Refusal(decision.outcome.status, decision.detail)
        return None if authorize(thing, visitor) else FORBIDDEN
    except Exception as error:
        if is_outage(error):
            logger.warning("topic_undecided", topic=name, error=type(error).__name__)
            return UNAVAILABLE
        logger.exception("authorize_failed", topic=name)
        return FAILED


def authorize_of(module: str) -> Authorize | None:
    """Return the function `authorize` of an app's `sockets.py`; None if the app has no topics."""
    return getattr(import_module(f"{module}.sockets"), "authorize", None)
