"""What allauth asks the portal.

https://docs.allauth.org/en/latest/account/adapter.html
"""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.signup import send_unknown_account_mail
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.headless.base.response import ForbiddenResponse, RateLimitResponse
from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from core.mail.sending import send_later
from core.people.models import Person

TOO_OFTEN = {"too_many_login_attempts", "rate_limited"}


class AccountAdapter(DefaultAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return settings.PORTAL.sign_up is not None

    def clean_username(self, username: str, shallow: bool = False) -> str:
        """Person's own rules. Where nobody may sign up, nobody learns which names are taken either."""
        if not self.is_open_for_signup(context.request):
            raise ImmediateHttpResponse(ForbiddenResponse(context.request))
        return super().clean_username(Person.normalize_username(username), shallow)

    def can_delete_email(self, email_address: EmailAddress) -> bool:
        """An address is changed, never removed: without one, a forgotten password is lost."""
        return not email_address.primary

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """A name is found however its letters were put together, as Person's own look-up does."""
        if username := credentials.get("username"):
            credentials["username"] = Person.normalize_username(username)
        return super().authenticate(request, **credentials)

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # allauth counts by the host too: each site and each port that stands in the header would have attempts of its
        # own. Not by the account: whoever used up a name's attempts would learn whether an e-mail is its own.
        login = credentials.get("email") or credentials.get("username") or ""
        return Person.normalize_username(login).casefold()

    def validation_error(self, code: str, *args: Any) -> ValidationError:
        """Every limit answers alike: allauth says 400 for some of them."""
        if code in TOO_OFTEN:
            raise ImmediateHttpResponse(RateLimitResponse(context.request))
        return super().validation_error(code, *args)

    def get_login_stages(self) -> list[str]:
        ours = {"allauth.account.stages.EmailVerificationStage": "core.people.sign_in.stages.EmailVerificationStage"}
        return [ours.get(stage, stage) for stage in super().get_login_stages()]

    def send_password_reset_mail(self, user: Person, email: str, context: dict[str, Any]) -> None:
        """Only to the address that the person has, not to one that they mistyped when they wanted to change it."""
        if email.lower() == user.email:
            super().send_password_reset_mail(user, email, context)
        else:
            send_unknown_account_mail(context["request"], email)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        portal = settings.PORTAL
        told = {
            "email": email,
            "current_site": {"name": portal.name, "domain": portal.site(settings.SITE).domain},
            "maintainers": portal.maintainers,
            "is_open_for_signup": portal.sign_up is not None,
        }
        send_later(self.render_mail(template_prefix, email, told | context))
