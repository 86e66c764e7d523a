"""The portal's answers to allauth's questions.

https://docs.allauth.org/en/latest/account/adapter.html
"""

from typing import Any, cast

from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.headless.base.response import ForbiddenResponse, RateLimitResponse
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.utils.translation import gettext as _

from core.audit.events import Event
from core.audit.recording import record, record_failure
from core.configuration.portal import SiteName
from core.http.clients import UNKNOWN, UNKNOWN_IP
from core.languages.choice import chosen_language
from core.mail.frame import framed_html
from core.mail.sending import check_room, send_later
from core.people.models import Person
from services.accounts.allauth_internals import (
    AdaptableAccountAdapter,
    get_reauthentication_flows,
    send_unknown_account_mail,
)

from .auditing import person_of_login, record_failed_login, record_limited
from .devices import attempts_key_of_login

RATE_LIMIT_CODES = {"too_many_login_attempts", "rate_limited"}


FIRST_SIGN_IN = "first_sign_in"  # the attribute of a request in which a person signs in for the first time


def is_first_sign_in(request: HttpRequest) -> bool:
    """Return whether the person who has signed in with this request had never signed in before."""
    return bool(getattr(request, FIRST_SIGN_IN, False))


class AccountAdapter(AdaptableAccountAdapter):
    def get_client_ip(self, request: HttpRequest) -> str:
        """Return the client's IP address. Clients whose address is unknown share one, and with it the rate limits."""
        try:
            return str(super().get_client_ip(request))
        except PermissionDenied:
            return UNKNOWN_IP

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return settings.PORTAL.sign_up is not None

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """Apply the rules of `Person`. While sign-up is closed, answer 403 before saying which usernames are taken."""
        if not self.is_open_for_signup(context.request):
            raise ImmediateHttpResponse(ForbiddenResponse(context.request))
        return str(super().clean_username(Person.normalize_username(username), shallow))

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Require it of everybody who can: people whom the institute signs in may have neither password nor device."""
        return bool(get_reauthentication_flows(context.request.user)) and super().is_reauthentication_required(app=app)

    def can_delete_email(self, email_address: EmailAddress) -> bool:
        """Refuse to delete the primary email: without it, a forgotten password cannot be reset."""
        return not email_address.primary

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """Normalize the username as `Person` does, so that it is found in any Unicode form."""
        if username := credentials.get("username"):
            credentials["username"] = Person.normalize_username(username)
        return cast(Person | None, super().authenticate(request, **credentials))

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        try:
            super().pre_authenticate(request, **credentials)
        except ImmediateHttpResponse:
            record_limited(request, person_of_login(credentials))
            raise

    def login(self, request: HttpRequest, user: Person) -> None:
        setattr(request, FIRST_SIGN_IN, user.last_login is None)  # Django sets it then
        super().login(request, user)

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        record_failed_login(request, credentials)

    def pre_login(self, request: HttpRequest, user: Person, **kwargs: Any) -> HttpResponse | None:
        if not user.is_active:
            record_failure(Event.SIGN_IN_FAILED, person=user, reason="inactive")
        return cast(HttpResponse | None, super().pre_login(request, user, **kwargs))

    def login_attempts_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth's key contains the host, so each site and each port in the Host header would get attempts of its own.
        # The key is what was typed, not the account: otherwise using up the attempts of a username would reveal
        # whether an email belongs to the same account. A browser that the person has used before has its own attempts.
        login = credentials.get("email") or credentials.get("username") or ""
        return attempts_key_of_login(request, login) or Person.normalize_username(login).casefold()

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """Answer every rate limit with 429. allauth answers some of them with 400."""
        if code in RATE_LIMIT_CODES:
            raise ImmediateHttpResponse(RateLimitResponse(context.request))
        return cast(ValidationError, super().validation_error(code, *args))

    def get_login_stages(self) -> list[str]:
        replaced = {
            "allauth.account.stages.EmailVerificationStage": ("services.accounts.sign_in.stages.EmailVerificationStage")
        }
        return [replaced.get(stage, stage) for stage in super().get_login_stages()]

    def send_password_reset_mail(self, user: Person, email: str, context: dict[str, Any]) -> None:
        """Send the link only to the person's confirmed email, not to a new one that they may have mistyped."""
        if email.lower() == user.email:
            record(Event.PASSWORD_RESET_REQUESTED, person=user)
            super().send_password_reset_mail(user, email, context)
        else:
            send_unknown_account_mail(context["request"], email)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        portal = settings.PORTAL
        defaults = {
            "email": email,
            "current_site": {"name": portal.name, "domain": portal.site(cast(SiteName, settings.SITE)).domain},
            "maintainers": portal.maintainers,
            "is_open_for_signup": portal.sign_up is not None,
        }
        if context.get("ip") == UNKNOWN_IP:
            context = context | {"ip": UNKNOWN}
        check_room()  # visitors without an account can cause these mails
        with translation.override(mail_language(context.get("user"))):
            mail = self.render_mail(template_prefix, email, defaults | context)
            mail.attach_alternative(framed_html(mail.body, link_text(template_prefix)), "text/html")
        send_later(mail)


def mail_language(person: Person | None) -> str:
    """Return the language that the person chose, else that of the request, which may come from somebody else."""
    return (chosen_language(person) if person else "") or translation.get_language()


def link_text(template_prefix: str) -> str:
    """Return the words for the link of one of allauth's mails, empty where they are not known."""
    name = template_prefix.rpartition("/")[2]
    return {
        "password_reset_key": _("Set a new password"),
        "email_confirmation": _("Confirm your email"),
        "email_confirmation_signup": _("Confirm your email"),
    }.get(name, "")
