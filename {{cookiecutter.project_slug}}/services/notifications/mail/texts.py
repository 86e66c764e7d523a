"""The text and the HTML of a mail about notifications."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import ngettext

from core.languages import language_of
from core.people.models import Person
from core.plugins.registry import installed_plugins

from ..mail_content import renderer_of
from ..models import Message
from ..rendering import render
from .links import absolute_link
from .unsubscribing import PATH, make_token, optional_kinds

MOST_SHOWN = 30  # messages of a mail, the newest
TEMPLATES = "notifications/mail"


@dataclass(frozen=True, slots=True)
class Item:
    """A message as a mail shows it. `html` is empty where `text` is all there is."""

    app: str
    title: str
    text: str
    html: SafeString
    url: str


def notification_mail(person: Person, messages: Sequence[Message]) -> EmailMultiAlternatives:
    """Return a mail to a person about these messages, newest first, in the person's language."""
    language = language_of(person)
    newest = sorted(messages, key=lambda message: message.pk, reverse=True)
    optional = optional_kinds(f"{message.app}.{message.kind}" for message in newest)
    portal = settings.PORTAL
    with translation.override(language), timezone.override(settings.TIME_ZONE):
        items = [item_of(message, language) for message in newest[:MOST_SHOWN]]
        unsubscribe_url = absolute_link(PATH.format(token=make_token(person.pk, optional))) if optional else ""
        context = {
            "portal": portal,
            "person": person,
            "language": language,
            "items": items,
            "more": len(newest) - len(items),
            "inbox_url": absolute_link("/notifications/"),
            "preferences_url": absolute_link("/account/"),
            "unsubscribe_url": unsubscribe_url,
            "is_partly_optional": len(optional) < len({(one.app, one.kind) for one in newest}),
        }
        number = len(newest)
        subject = (
            items[0].title
            if number == 1
            else ngettext("%(number)d notification", "%(number)d notifications", number) % {"number": number}
        )
        mail = EmailMultiAlternatives(
            f"{settings.EMAIL_SUBJECT_PREFIX}{subject}",
            render_to_string(f"{TEMPLATES}/notifications.txt", context).strip() + "\n",
            to=[person.email],
            headers=headers(unsubscribe_url),
        )
        mail.attach_alternative(render_to_string(f"{TEMPLATES}/notifications.html", context), "text/html")
    return mail


def headers(unsubscribe_url: str) -> dict[str, str]:
    """Return the headers of a mail from a program, with those of RFC 8058 where there is something to turn off."""
    found = {"Auto-Submitted": "auto-generated"}
    if unsubscribe_url:
        found["List-Unsubscribe"] = f"<{unsubscribe_url}>"
        found["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return found


def item_of(message: Message, language: str) -> Item:
    """Return what a mail shows of a message. An app's own renderer replaces the body of the kind."""
    title, text = render(message.content, language)
    html = ""
    if renderer := renderer_of(message.app, message.kind):
        text, html = renderer(message.params, language)
    plugin = installed_plugins().get(message.app)
    return Item(
        app=plugin.title if plugin else message.app,
        title=title,
        text=text.strip(),
        html=mark_safe(html),  # noqa: S308 - mail_content.Render says who answers for it
        url=absolute_link(message.link) if message.link else "",
    )
