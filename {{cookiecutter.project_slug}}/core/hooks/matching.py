"""Conditions for a search: every word of the query is in one of several texts. Case and accents are ignored."""

import re
import unicodedata
from functools import cache, reduce
from operator import and_, or_

from django.db.models import Q

MOST_WORDS = 8
ACCENTS = "[\u0300-\u036f]*"  # combining marks, as in texts that are decomposed
LATIN_LETTERS = (*range(0x41, 0x250), *range(0x1E00, 0x1F00))


def contains_words(query: str, *fields: str) -> Q:
    """Return the condition that every word of `query` is in one of the fields.

    It scans every row that the other conditions leave. A table of many thousand rows needs an index of its own.
    """
    words = query.split()[:MOST_WORDS]
    conditions = (reduce(or_, (Q(**{f"{field}__iregex": pattern(word)}) for field in fields)) for word in words)
    return reduce(and_, conditions, Q())


def pattern(word: str) -> str:
    """Return a regular expression for a word. Python (for SQLite) and PostgreSQL read it alike."""
    return "".join(pattern_of_letter(letter) for letter in without_accents(word))


def pattern_of_letter(letter: str) -> str:
    variants = letters_by_base().get(letter.lower())
    return f"[{variants}]{ACCENTS}" if variants else re.escape(letter)


def without_accents(text: str) -> str:
    return re.sub(ACCENTS, "", unicodedata.normalize("NFD", text))


@cache
def letters_by_base() -> dict[str, str]:
    """Return Latin letter → the letter in both cases and with all accents, such as e → eEèÈéÉ…"""
    found: dict[str, str] = {}
    for letter in map(chr, LATIN_LETTERS):
        base = without_accents(letter).lower()
        if len(base) == 1 and base.isalpha():
            found[base] = found.get(base, "") + letter
    return found
