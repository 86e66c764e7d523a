"""Decides who may use an app: for HTTP, for sockets and for the list of apps."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from core.catalogues.texts import translate
from core.plugins.manifest import Audience

from .visitor import Visitor


class Outcome(Enum):
    """The results of an access check, with their HTTP statuses and the messages to people."""

    ALLOWED = (200, "")
    SIGN_IN = (401, gettext_noop("Sign in to continue."))
    RING = (403, gettext_noop("Only available from these networks: %(rings)s."))
    ROLE = (403, gettext_noop("Only available to people with one of these roles: %(roles)s."))
    ROLE_OF_SUPERUSER = (
        403,
        gettext_noop(
            "Only available to people with one of these roles: %(roles)s. Superusers need the role too: give it to"
            " yourself under “Manage people” on the intranet site."
        ),
    )
    MAINTAINERS = (403, gettext_noop("Only available to maintainers."))
    INTRANET = (403, gettext_noop("Maintainers can do this on the intranet site only."))
    TOKEN = (403, gettext_noop("Maintainers cannot do this with an API token."))
    SECOND_FACTOR = (
        403,
        gettext_noop("A second factor is required. Set one up on your account page, or sign in with it."),
    )
    NOT_FOUND = (404, gettext_noop("There is nothing at this URL."))

    @property
    def status(self) -> int:
        return self.value[0]

    @property
    def detail(self) -> str:
        """The message in the language of the request."""
        return _(self.value[1]) if self.value[1] else ""


@dataclass(frozen=True, slots=True)
class AccessDecision:
    """An outcome. A refusal names what grants access: any one of `rings`, or any one of `roles`."""

    outcome: Outcome
    rings: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.outcome is Outcome.ALLOWED

    @property
    def role_titles(self) -> list[str]:
        """The roles by the names that people read. A view may name one that portal.yaml does not have any more."""
        known = settings.PORTAL.roles
        return [translate(known[role].title) for role in self.roles if role in known]

    @property
    def detail(self) -> str:
        """The message to people."""
        return self.outcome.detail % {"rings": ", ".join(self.rings), "roles": ", ".join(self.role_titles)}

    def as_problem(self) -> dict[str, Any]:
        """Return the members that this decision adds to a problem: `rings` by name and `roles` by title."""
        return {key: names for key, names in (("rings", list(self.rings)), ("roles", self.role_titles)) if names}


ALLOWED = AccessDecision(Outcome.ALLOWED)


def decide(audience: Audience, visitor: Visitor, site: str | None) -> AccessDecision:
    """Return whether an app with this audience is open to `visitor` on `site`.

    Rings are checked before sign-in, because signing in changes no ring. The person and their roles are loaded only
    when the audience depends on them.
    """
    if site is not None and site not in audience.sites:
        return AccessDecision(Outcome.NOT_FOUND)
    if audience.rings and visitor.rings.isdisjoint(audience.rings):
        return AccessDecision(Outcome.RING, rings=tuple(audience.rings))
    if audience.requires_sign_in and not visitor.has_signed_in:
        return AccessDecision(Outcome.SIGN_IN)
    if audience.roles and visitor.roles.isdisjoint(audience.roles):
        is_superuser = getattr(visitor.person, "is_superuser", False)
        outcome = Outcome.ROLE_OF_SUPERUSER if is_superuser else Outcome.ROLE
        return AccessDecision(outcome, roles=tuple(audience.roles))
    if audience.maintainers and not getattr(visitor.person, "is_staff", False):
        return AccessDecision(Outcome.MAINTAINERS)
    return ALLOWED
