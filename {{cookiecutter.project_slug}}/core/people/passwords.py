"""Refuses passwords that are easy to guess: common ones with a decoration, and those made of names.

https://docs.djangoproject.com/en/stable/topics/auth/passwords/#password-validation. The names are the portal's, the
institute's, the domains' and the person's. They are the context-specific words of OWASP's ASVS 5.0, 6.1.2 and 6.2.11.
"""

import re
import unicodedata
from collections.abc import Iterator

from django.conf import settings
from django.contrib.auth.password_validation import CommonPasswordValidator as DjangoCommonPasswordValidator
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from .models import Person

SHORTEST_WORD = 3  # letters; shorter names are in many good passwords
FEWEST_INITIALS = 3  # an abbreviation such as iit
# What must be left of a password without its names, digits and punctuation.
FEWEST_LETTERS = 4
FEWEST_DIFFERENT_LETTERS = 3


class CommonPasswordValidator(DjangoCommonPasswordValidator):
    """Refuses the passwords of Django's list, also with digits or punctuation before or after them."""

    def validate(self, password: str, user: Person | None = None) -> None:
        super().validate(password, user)
        for decoration in (r"[\W_]+", r"[\W\d_]+"):
            inner = re.sub(f"^{decoration}|{decoration}$", "", password)
            if len(inner) >= FEWEST_LETTERS:
                super().validate(inner, user)


class NamesValidator:
    """Refuses a password of which little is left without the portal's and the person's names."""

    def validate(self, password: str, user: Person | None = None) -> None:
        letters = letters_of(password)
        words = {*portal_words(), *person_words(user)}
        names = re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))
        rest = names.sub("", letters)
        if rest != letters and (len(rest) < FEWEST_LETTERS or len(set(rest)) < FEWEST_DIFFERENT_LETTERS):
            raise ValidationError(
                _(
                    "This password is made of names that are easy to guess: the portal's, the institute's or yours. "
                    "Add words that have nothing to do with them."
                ),
                code="password_made_of_names",
            )

    def get_help_text(self) -> str:
        return _("Your password can’t be made of the portal's, the institute's or your own names.")


def portal_words() -> Iterator[str]:
    """Yield the words in the names of the portal and its institute, their initials, and the parts of the domains."""
    portal = settings.PORTAL
    for name in (portal.name, portal.institute.name):
        yield from words_of(name)
        initials = "".join(letters_of(part)[:1] for part in name.split())
        if len(initials) >= FEWEST_INITIALS:
            yield initials
    for site in (portal.sites.intranet, portal.sites.internet):
        yield from words_of(site.domain)


def person_words(person: Person | None) -> Iterator[str]:
    for field in ("username", "display_name", "email"):
        yield from words_of(str(getattr(person, field, "")))


def words_of(text: str) -> Iterator[str]:
    """Yield the words of a name, a domain or an email address."""
    for part in re.split(r"[\W\d_]+", simplify(text)):
        if len(part) >= SHORTEST_WORD:
            yield part


def letters_of(text: str) -> str:
    return "".join(character for character in simplify(text) if character.isalpha())


def simplify(text: str) -> str:
    """Return text without case, accents and other forms of the same letter, so that `José` and `jose` are equal."""
    decomposed = unicodedata.normalize("NFKD", text)
    return "".join(character for character in decomposed if not unicodedata.combining(character)).casefold()
