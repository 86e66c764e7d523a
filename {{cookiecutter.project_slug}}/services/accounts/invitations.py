"""The email to a new person, with a link that sets their first password."""

from urllib.parse import urlsplit

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from core.audit.events import Event
from core.audit.recording import record
from core.people.models import Person

from .notices import language_of_reader, notify
from .sign_in.tokens import PasswordTokenGenerator


def invite(person: Person, *, by: Person) -> None:
    """Send the person an email with a link that sets their password once, after the commit.

    The link expires after PASSWORD_RESET_TIMEOUT seconds, so the email also says how they get another one. Raises
    ValidationError if the person has no email address or is deactivated.
    """
    if not person.email:
        raise ValidationError({"email": [_("This person has no email address.")]})
    if not person.is_active:
        raise ValidationError({"people": [_("This person is deactivated. Reactivate them first.")]})
    record(Event.PERSON_INVITED, person=person, by=by, email=person.email)
    portal = settings.PORTAL
    with language_of_reader(person):
        values = {"by": by, "portal": portal.name, "username": person.username}
        hours = {"hours": settings.PASSWORD_RESET_TIMEOUT // 3600, "address": link_to("account_reset_password")}
        notify(
            person,
            _("Set your password"),
            _("%(by)s has created an account for you on %(portal)s. Your username is %(username)s.") % values,
            _("Set a password with this link: %(link)s") % {"link": password_link(person)},
            _("The link works once, within %(hours)s hours. Later, get another one here: %(address)s") % hours,
        )


def password_link(person: Person) -> str:
    """Return the URL at which the person sets a password once."""
    key = f"{user_pk_to_url_str(person)}-{PasswordTokenGenerator().make_token(person)}"
    return link_to("account_reset_password_from_key").format(key=key)


def link_to(name: str) -> str:
    """Return the URL of a page of the accounts on the internet site, which everybody can open."""
    page = urlsplit(settings.HEADLESS_FRONTEND_URLS[name])
    production = settings.CONFIGURATION.environment.is_production
    origin = settings.SITE_ORIGINS["internet"] if production else ""
    return f"{origin}{page.path}" + (f"#{page.fragment}" if page.fragment else "")
