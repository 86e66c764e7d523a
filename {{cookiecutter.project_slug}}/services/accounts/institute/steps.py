"""From the provider's answer to the person: each step either goes on or raises SignInFailed."""

from django.http import HttpRequest

from core.configuration.institute_sign_in import InstituteSignIn
from core.openid.errors import ProviderError
from core.openid.provider import provider_of
from core.people.models import Person

from .conversation import claims_of_code, is_from
from .failures import Failure, SignInFailed, failure_of
from .matching import EmailNotVerified, NoAccount, account_of
from .pending import Pending
from .roles import roles_update

LONGEST_CODE = 4000


def person_of_answer(request: HttpRequest, sign_in: InstituteSignIn, pending: Pending | None) -> Person:
    """Return the person of the provider's answer, with the roles of their claims. Raises SignInFailed."""
    if pending is None:
        raise SignInFailed(Failure.EXPIRED, "unknown state")
    try:
        if not is_from(provider_of(sign_in.issuer), request.GET):
            raise SignInFailed(Failure.INVALID, "the answer names another issuer (iss)")
        if reason := request.GET.get("error"):
            raise SignInFailed(error_of_provider(reason), f"the provider answered {reason[:100]}")
        code = request.GET.get("code", "")
        if not 0 < len(code) <= LONGEST_CODE:
            raise SignInFailed(Failure.INVALID, "the answer has no code, or one that is too long")
        claims = claims_of_code(request, sign_in, pending, code)
    except ProviderError as error:
        raise failure_of(error) from error
    try:
        account = account_of(sign_in, claims)
    except EmailNotVerified as error:
        raise SignInFailed(Failure.EMAIL, f"no verified email for {claims['sub']}") from error
    except NoAccount as error:
        raise SignInFailed(Failure.NO_ACCOUNT, f"no account for {claims['sub']}") from error
    person = account.person
    if not person.is_active:
        raise SignInFailed(Failure.INACTIVE, person=person)
    if sign_in.roles:
        roles_update(account, sign_in.roles, claims)
        person.refresh_from_db()
    return person


def error_of_provider(error: str) -> Failure:
    """Return the failure for an error response (RFC 6749, section 4.1.2.1)."""
    return Failure.UNAVAILABLE if error in {"server_error", "temporarily_unavailable"} else Failure.DENIED
