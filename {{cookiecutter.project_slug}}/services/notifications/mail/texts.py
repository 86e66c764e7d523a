"""The text and the HTML of a mail about notifications."""

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import ngettext

from core.languages import language_of
from core.mail.frame import frame_of
from core.mail.models import MAX_CONTENT, size_of
from core.people.models import Person
from core.plugins.registry import installed_plugins
from core.stores.outage import is_outage

from ..mail_content import renderer_of
from ..models import Message
from ..rendering import render
from .links import absolute_link
from .unsubscribing import PATH, make_token, optional_kinds

logger = structlog.get_logger(__name__)

# How many messages a mail shows, the newest: the first of these numbers with which it is not too large.
MOST_SHOWN = (30, 20, 10, 5, 3, 2, 1)
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
    """Return a mail to a person about these messages, newest first, in the person's language.

    If all texts together are too large for a mail, it shows fewer messages and says how many more there are. If the
    newest one alone is too large, it shows the body of its kind.
    """
    newest = sorted(messages, key=lambda message: message.pk, reverse=True)
    for number in MOST_SHOWN:
        mail = write_mail(person, newest, most=number)
        if size_of(mail) <= MAX_CONTENT:
            return mail
    return write_mail(person, newest, most=1, with_renderers=False)


def write_mail(
    person: Person, newest: Sequence[Message], *, most: int, with_renderers: bool = True
) -> EmailMultiAlternatives:
    """Return a mail about these messages that shows at most `most` of them, of any size."""
    language = language_of(person)
    optional = optional_kinds(f"{message.app}.{message.kind}" for message in newest)
    with translation.override(language), timezone.override(settings.TIME_ZONE):
        items = [item_of(message, language, with_renderer=with_renderers) for message in newest[:most]]
        unsubscribe_url = absolute_link(PATH.format(token=make_token(person.pk, optional))) if optional else ""
        context = {
            **frame_of(language),
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


def item_of(message: Message, language: str, *, with_renderer: bool) -> Item:
    """Return what a mail shows of a message. An app's own renderer, if it works, replaces the body of the kind."""
    title, body = render(message.content, language)
    text, html = (rendered(message, language) if with_renderer else None) or (body.strip(), "")
    plugin = installed_plugins().get(message.app)
    return Item(
        app=plugin.title if plugin else message.app,
        title=title,
        text=text,
        html=mark_safe(html),  # noqa: S308 - mail_content.Render says who answers for it
        url=absolute_link(message.link) if message.link else "",
    )


def rendered(message: Message, language: str) -> tuple[str, str] | None:
    """Return the text and the HTML of the app's renderer; None if it has none, or if it fails.

    A failure is logged. It must not stop the mail, nor those of other people in the same transaction.
    """
    if (renderer := renderer_of(message.app, message.kind)) is None:
        return None
    try:
        text, html = map(str.strip, renderer(message.params, language))
    except Exception as error:
        if is_outage(error):
            raise
        logger.exception("mail_renderer_failed", message=message.pk, kind=f"{message.app}.{message.kind}")
        return None
    return text, html
