"""Which language a person reads, and what the language is like."""

from typing import TypedDict

from django.conf import settings
from django.utils import translation
from django.utils.translation import get_language_info

from core.configuration.languages import direction_of
from core.people.models import Person


class LanguageInfo(TypedDict):
    """A language of the portal, named in that language. `direction` is `ltr` or `rtl`."""

    code: str
    name: str
    direction: str


def language_of(person: Person) -> str:
    """Return the code of the language that a person reads, such as `hi`, outside of their own requests.

    That is their choice, or the portal's language if they have not chosen one that the portal still has.
    """
    return chosen_language(person) or str(settings.LANGUAGE_CODE)


def chosen_language(person: Person) -> str:
    """Return the code of the language that a person chose, or an empty string."""
    return person.language if person.language in dict(settings.LANGUAGES) else ""


def activate_language_of(person: Person) -> None:
    """Answer this request in the language that the person chose, if they chose one."""
    if code := chosen_language(person):
        translation.activate(code)


def portal_languages() -> list[LanguageInfo]:
    """Return the languages of `portal.yaml`, the default one first."""
    return [
        {"code": code, "name": get_language_info(code)["name_local"], "direction": direction_of(code)}
        for code, _ in settings.LANGUAGES
    ]
