"""Who may use an app: one function for HTTP, for sockets and for the list of apps."""

from dataclasses import dataclass
from enum import Enum
from typing import Any

from django.conf import settings

from core.plugins.manifest import Audience

from .visitor import Visitor


class Outcome(Enum):
    """What an audience says to somebody; each refusal has its status and its words."""

    ALLOWED = (200, "")
    SIGN_IN = (401, "Please sign in to use this.")
    RING = (403, "This opens in particular networks only, and you come from another.")
    ROLE = (403, "This is for particular roles, and you have none of them today.")
    MAINTAINERS = (403, "This is for maintainers.")
    SECOND_FACTOR = (403, "This asks for a second factor: set one up on your account's page, or sign in with it.")
    NOT_FOUND = (404, "There is nothing at this URL.")

    @property
    def status(self) -> int:
        return self.value[0]

    @property
    def detail(self) -> str:
        return self.value[1]


@dataclass(frozen=True, slots=True)
class AccessDecision:
    """A outcome and, of a refusal, what would open the door: any one of `rings`, any one of `roles`."""

    outcome: Outcome
    rings: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return self.outcome is Outcome.ALLOWED

    def as_problem(self) -> dict[str, Any]:
        """The members that a problem has because of it: `rings` by name, `roles` as people read them."""
        titles = [settings.PORTAL.roles[role].title for role in self.roles]
        return {key: names for key, names in (("rings", list(self.rings)), ("roles", titles)) if names}


ALLOWED = AccessDecision(Outcome.ALLOWED)


def decide(audience: Audience, visitor: Visitor, site: str | None) -> AccessDecision:
    """Whether `visitor` may use what has this audience on this site.

    Rings come before signing in, for signing in opens none. Who someone is, and which roles they have, is found out
    only where the audience asks; an audience that names roles asks to sign in whatever it says of that.
    """
    if site is not None and site not in audience.sites:
        return AccessDecision(Outcome.NOT_FOUND)
    if audience.rings and visitor.rings.isdisjoint(audience.rings):
        return AccessDecision(Outcome.RING, rings=tuple(audience.rings))
    if audience.requires_sign_in and not visitor.has_signed_in:
        return AccessDecision(Outcome.SIGN_IN)
    if audience.roles and visitor.roles.isdisjoint(audience.roles):
        return AccessDecision(Outcome.ROLE, roles=tuple(audience.roles))
    return ALLOWED
