"""Links that let somebody in without a mail."""

from urllib.parse import urlsplit

from allauth.account import app_settings
from allauth.account.utils import user_pk_to_url_str
from django.conf import settings

from core.people.models import Person


def password_link(person: Person, origin: str) -> str:
    """Where `person` sets a password, once, on the site at `origin`: what the mail for a forgotten one holds too.

    It works for PASSWORD_RESET_TIMEOUT seconds, and no more when they have signed in or have another password.
    """
    key = f"{user_pk_to_url_str(person)}-{app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(person)}"
    path = urlsplit(settings.HEADLESS_FRONTEND_URLS["account_reset_password_from_key"]).path
    return origin + path.format(key=key)
