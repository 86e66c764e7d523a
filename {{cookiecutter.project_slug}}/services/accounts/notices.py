"""Mails to people about what others did to their account, and about sign-ins from new devices."""

import re
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from core.languages import language_of
from core.mail.frame import framed_mail
from core.mail.sending import send_later
from core.people.models import Person, RoleChange
from core.tokens.models import ApiToken

# The names of browsers and systems in a user agent. The first that matches counts: Edge calls itself Chrome as well.
BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS": "macOS",
    "CrOS": "ChromeOS",
    "Linux": "Linux",
}


def notify(person: Person, subject: str, *sentences: str, to: str | None = None) -> None:
    """Send a mail to the person, or to the address `to`, after the commit. Without an address, send nothing.

    The text is in the language of the person, not in that of the request, which may come from somebody else.
    """
    if not (address := person.email if to is None else to):
        return
    portal = settings.PORTAL
    context = {
        "current_site": {"name": portal.name, "domain": portal.sites.internet.domain},
        "maintainers": portal.maintainers,
        "sentences": sentences,
        "time": timezone.localtime(),
    }
    with language_of_reader(person):
        body = render_to_string("accounts/email/notice_message.txt", context)
        message = framed_mail(f"{settings.ACCOUNT_EMAIL_SUBJECT_PREFIX}{subject}", body, to=[address])
    send_later(message)


def notify_of_password(person: Person, by: Person) -> None:
    with language_of_reader(person):
        notify(person, _("Your password was changed"), _("%(by)s has changed your password.") % {"by": by})


def notify_of_second_factor(person: Person, by: Person) -> None:
    with language_of_reader(person):
        text = _("%(by)s has removed your second factor. Your password alone signs you in now.") % {"by": by}
        notify(person, _("Your second factor was removed"), text)


def notify_of_sign_out(person: Person, by: Person) -> None:
    with language_of_reader(person):
        text = _("%(by)s has ended all your sessions. Sign in again where you need to.") % {"by": by}
        notify(person, _("You were signed out everywhere"), text)


def notify_of_email(person: Person, before: str, by: Person | None) -> None:
    """Send a mail to the old and to the new address."""
    with language_of_reader(person):
        values = {"by": by or settings.PORTAL.maintainers.name, "before": before or "-", "after": person.email or "-"}
        text = _("%(by)s has changed the email address of your account from %(before)s to %(after)s.") % values
        for address in {before, person.email} - {""}:
            notify(person, _("Your email address was changed"), text, to=address)


def notify_of_powers(person: Person, changes: dict[str, Any], by: Person) -> None:
    """Send a mail about changes of `is_active`, `is_staff` and `is_superuser`, and of groups and permissions."""
    with language_of_reader(person):
        sentences = {
            ("is_active", True): _("Your account is active again."),
            ("is_active", False): _("Your account was deactivated. You cannot sign in."),
            ("is_staff", True): _("You can use /admin/ now."),
            ("is_staff", False): _("You cannot use /admin/ any more."),
            ("is_superuser", True): _("You have all permissions now."),
            ("is_superuser", False): _("You do not have all permissions any more."),
        }
        other = _("Your groups or permissions were changed.")
        texts = [sentences[name, value] if isinstance(value, bool) else other for name, value in changes.items()]
        done_by = _("%(by)s has changed your account.") % {"by": by}
        notify(person, _("Your account was changed"), done_by, *dict.fromkeys(texts))


def notify_of_role(change: RoleChange) -> None:
    with language_of_reader(change.person):
        values = {"by": change.by, "role": change.title, "start": change.start, "end": change.end}
        period = _("First day: %(start)s") if change.end is None else _("First day: %(start)s, last day: %(end)s")
        texts = {
            RoleChange.Kind.GRANTED: _("%(by)s has granted you the role %(role)s."),
            RoleChange.Kind.EXTENDED: _("%(by)s has extended your role %(role)s."),
            RoleChange.Kind.ENDED: _("%(by)s has ended your role %(role)s."),
            RoleChange.Kind.CHANGED: _("%(by)s has changed your role %(role)s."),
            RoleChange.Kind.REMOVED: _("%(by)s has removed your role %(role)s."),
        }
        text = texts[RoleChange.Kind(change.kind)] % values
        sentences = [text] if change.kind == RoleChange.Kind.REMOVED else [text, period % values]
        notify(change.person, _("Your roles were changed"), *sentences)


def notify_of_new_device(person: Person, ip_address: str, user_agent: str) -> None:
    with language_of_reader(person):
        notify(
            person,
            _("You signed in on a new device"),
            _("Someone signed in to your account in a browser in which you had not signed in before."),
            _("Browser: %(browser)s") % {"browser": browser_of(user_agent)},
            _("IP address: %(ip_address)s") % {"ip_address": ip_address},
            _("If it was not you, change your password now, and end the other sessions on your account page."),
        )


def notify_of_token(person: Person, token: ApiToken, ip_address: str) -> None:
    with language_of_reader(person):
        values = {"name": token.name, "date": date_format(timezone.localtime(token.expires_at), "DATE_FORMAT")}
        notify(
            person,
            _("You made an API token"),
            _("An API token was made on your account page. With it, a script can use the portal for you."),
            _("Name: %(name)s") % values,
            _("It works until: %(date)s") % values,
            _("IP address: %(ip_address)s") % {"ip_address": ip_address},
            _("If it was not you, revoke the token on your account page, and change your password now."),
        )


def browser_of(user_agent: str) -> str:
    """Return the browser and the system, such as `Firefox on Linux`. Other text of a user agent is anybody's."""
    browser = next((name for part, name in BROWSERS.items() if re.search(rf"\b{part}[A-Za-z]*/", user_agent)), None)
    system = next((name for part, name in SYSTEMS.items() if part in user_agent), None)
    if browser and system:
        return _("%(browser)s on %(system)s") % {"browser": browser, "system": system}
    return browser or system or _("unknown")


def language_of_reader(person: Person) -> translation.override:
    return translation.override(language_of(person))
