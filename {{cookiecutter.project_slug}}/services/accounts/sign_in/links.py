"""Links that give access to an account without an email being sent."""

from urllib.parse import urlsplit

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings

from core.people.models import Person

from .tokens import MaintainerTokenGenerator


def maintainer_link(person: Person, origin: str) -> str:
    """Return the URL at which `person` sets a password once, on the site at `origin`.

    It opens the page of the link in an email for a forgotten password. In the same browser, the person may also set up
    a second factor. It expires after PASSWORD_RESET_TIMEOUT seconds, and as soon as the person signs in or their
    password changes.
    """
    key = f"{user_pk_to_url_str(person)}-{MaintainerTokenGenerator().make_token(person)}"
    page = urlsplit(settings.HEADLESS_FRONTEND_URLS["account_reset_password_from_key"])
    return f"{origin}{page.path}#{page.fragment.format(key=key)}"
