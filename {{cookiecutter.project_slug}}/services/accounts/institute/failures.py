"""Why a sign-in with the institute's account failed. frontend/pages/sign-in/Institute.jsx says it in words."""

from enum import StrEnum

from core.openid.errors import ProviderError, Unavailable
from core.people.models import Person


class Failure(StrEnum):
    UNAVAILABLE = "unavailable"  # the provider did not answer
    INVALID = "invalid"  # the provider's answer was not valid
    DENIED = "denied"  # the provider refused, or the person did not go on
    EXPIRED = "expired"  # the sign-in was not begun in this browser, took too long, or was used before
    NO_ACCOUNT = "no-account"  # there is no account for this person
    EMAIL = "email"  # the provider has not verified the email address
    INACTIVE = "inactive"  # the account is deactivated
    LIMITED = "limited"  # too many attempts


class SignInFailed(Exception):
    """A sign-in that ends with a page that says why. `reason` is for operators, and contains no secret."""

    def __init__(self, failure: Failure, reason: str = "", *, person: Person | None = None):
        super().__init__(reason)
        self.failure = failure
        self.reason = reason
        self.person = person


def failure_of(error: ProviderError) -> SignInFailed:
    return SignInFailed(Failure.UNAVAILABLE if isinstance(error, Unavailable) else Failure.INVALID, str(error))
