"""How a word of a search is compared with what is known of people.

A text holds a word, or has one that is like it: a slip of the hand away, or the same in another spelling. The case of
letters does not matter, and no sign in a word has a meaning of its own. PostgreSQL finds its candidates by trigram
(https://www.postgresql.org/docs/current/pgtrgm.html), and takes more different spellings of long words; elsewhere every
text is looked at.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import reduce
from operator import or_

from django.contrib.postgres.lookups import TrigramWordSimilar
from django.contrib.postgres.search import TrigramStrictWordSimilarity
from django.db import connection
from django.db.models import Case, Expression, F, FloatField, Func, Q, TextField, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Upper
from django.db.models.lookups import GreaterThanOrEqual, IContains, IRegex

# How long a word has to be, in letters. A slip in a shorter one makes another word, as it makes another number.
SLIP_IN_NAME, SLIP_IN_DETAIL, SPELT_OTHERWISE, LONGEST = 4, 6, 8, 40

# Of all trigrams that two words have, the share that is in both, for the words to count as spellings of one.
ALIKE = 0.4

# core/people/migrations/0004_directory.py has the indexes of these two: the expressions must be the same.
NAMES = Func(
    F("display_name"),
    Value(" "),
    F("username"),
    template="(%(expressions)s)",
    arg_joiner=" || ",
    output_field=TextField(),
)
DETAILS = Func(
    F("details"),
    template="jsonb_path_query_array(%(expressions)s, '$.*')::text",
    output_field=TextField(),
)

Details = Mapping[str, Sequence[str]]  # name of a detail → the roles that count with it


def typo_pattern(word: str) -> str:
    """A pattern for the words that are one slip away: another letter, one more or less, two neighbours exchanged."""
    halves = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    parts = [
        *((before, r"\S?", after[1:]) for before, after in halves if after),
        *((before, r"\S", after) for before, after in halves),
        *((before + after[1] + after[0], "", after[2:]) for before, after in halves if len(after) > 1),
    ]
    return whole("|".join(re.escape(before) + slip + re.escape(after) for before, slip, after in parts))


def whole(pattern: str) -> str:
    """A pattern for whole words alone. It reads the same to Python, which SQLite asks, and to PostgreSQL."""
    return rf"(?<!\w)(?:{pattern})(?!\w)"


def allows_typos(word: str, length: int) -> bool:
    """Whether `word` has at least this length, and is neither a number nor an address."""
    return length <= len(word) <= LONGEST and not re.search(r"[\d@]", word)


class ScanMatcher:
    """Looks at every text."""

    def literally(self, text: Expression, word: str) -> Q:
        return Q(IRegex(text, re.escape(word)))  # LIKE knows no capital but ASCII's in SQLite

    def nearly(self, text: Expression, word: str) -> Q:
        return Q(IRegex(text, typo_pattern(word)))

    def named(self, word: str) -> Q:
        """The condition for people whose display name or sign-in name `word` fits."""
        if allows_typos(word, SLIP_IN_NAME):
            return self.literally(NAMES, word) | self.nearly(NAMES, word)
        return self.literally(NAMES, word)

    def detailed(self, word: str, details: Details) -> Q:
        """The condition for roles of which one of these details holds `word`."""
        return in_details(self.literally, word, details)

    def detailed_nearly(self, word: str, details: Details) -> Q:
        """The condition for roles with something like `word` in one of these details."""
        return in_details(self.nearly, word, details)

    def closeness(self, word: str) -> Expression:
        """How well `word` fits a person's names: from 0, not at all, to 1, a whole word of theirs."""
        literal = re.escape(word)
        return Case(
            When(IRegex(NAMES, whole(literal)), then=1.0),
            When(IRegex(NAMES, rf"(?<!\w){literal}"), then=0.75),
            When(self.literally(NAMES, word), then=0.5),
            When(self.named(word), then=0.25),
            default=0.0,
            output_field=FloatField(),
        )


class TrigramMatcher(ScanMatcher):
    """Looks at what the indexes by trigram find."""

    def literally(self, text: Expression, word: str) -> Q:
        return Q(IContains(text, word))

    def nearly(self, text: Expression, word: str) -> Q:
        found = super().nearly(text, word)
        if len(word) >= SPELT_OTHERWISE:
            likeness = TrigramStrictWordSimilarity(Upper(Value(word)), Upper(text))
            found |= Q(GreaterThanOrEqual(likeness, ALIKE))
        return self.candidate(text, word) & found

    def candidate(self, text: Expression, word: str) -> Q:
        # This is what the index knows. Its threshold, which the connection sets, only has to be low enough.
        return Q(TrigramWordSimilar(Upper(text), Upper(Value(word))))

    # A detail that does not count may make a role a candidate, and no more than that.

    def detailed(self, word: str, details: Details) -> Q:
        return self.literally(DETAILS, in_json(word)) & super().detailed(word, details)

    def detailed_nearly(self, word: str, details: Details) -> Q:
        return self.candidate(DETAILS, in_json(word)) & super().detailed_nearly(word, details)


def in_details(fits: Callable[[Expression, str], Q], word: str, details: Details) -> Q:
    """The condition for roles in one of whose details `word` fits. There has to be one."""
    conditions = (Q(name__in=roles) & fits(KeyTextTransform(name, "details"), word) for name, roles in details.items())
    return reduce(or_, conditions)


def in_json(word: str) -> str:
    """`word` as it stands in the text of all details of a role."""
    return json.dumps(word, ensure_ascii=False)[1:-1]


def current_matcher() -> ScanMatcher:
    """The way that suits the database in use."""
    return TrigramMatcher() if connection.vendor == "postgresql" else ScanMatcher()
