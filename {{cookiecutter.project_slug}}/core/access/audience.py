"""Who may use an app: one function for HTTP, for sockets and for the list of apps."""

from enum import Enum

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser

from core.configuration.manifest import Audience


class Verdict(Enum):
    """What an audience says to somebody; each refusal has its status and its words."""

    ALLOWED = (200, "")
    SIGN_IN = (401, "Please sign in to use this.")
    CLOSED = (403, "This is for particular roles or networks, and they do not open it to you.")
    MAINTAINERS = (403, "This is for maintainers.")
    SECOND_FACTOR = (403, "This asks for a second factor: set one up on your account's page, or sign in with it.")
    ELSEWHERE = (404, "There is nothing at this address.")

    @property
    def status(self) -> int:
        return self.value[0]

    @property
    def detail(self) -> str:
        return self.value[1]


def decide(audience: Audience, person: AbstractBaseUser | AnonymousUser, site: str | None) -> Verdict:
    """Whether `person` may use what has this audience on this site.

    `person` may be lazy: it is looked at only when the audience asks who it is. An audience that names rings or
    roles is closed to all, for nobody can show either yet: closed is the safe side.
    """
    if site is not None and site not in audience.sites:
        return Verdict.ELSEWHERE
    if audience.sign_in == "required" and not person.is_authenticated:
        return Verdict.SIGN_IN
    if audience.rings or audience.roles:
        return Verdict.CLOSED
    return Verdict.ALLOWED
