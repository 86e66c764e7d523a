"""Compare a search term with the names of people and the details of their roles.

A text matches if it contains the term, or a word with one typo in it, or a word that is spelled similarly. Case does
not matter, and no character has a special meaning. PostgreSQL finds candidates with trigram indexes
(https://www.postgresql.org/docs/current/pgtrgm.html), and only there similar spellings match. Other databases scan
every text.
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

# Lengths in characters. A typo in a shorter term usually makes another word.
MIN_TYPO_IN_NAME = 4
MIN_TYPO_IN_DETAIL = 6
MIN_SIMILAR = 8
MAX_TYPO = 40

# PostgreSQL's strict word similarity, from 0 to 1, at which two words count as spellings of the same one.
SIMILARITY_THRESHOLD = 0.4

# The trigram indexes of core/people/migrations/0004_directory.py are on these expressions. They must stay the same.
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

RolesByDetail = Mapping[str, Sequence[str]]  # name of a detail → the roles for which it is searched


def typo_pattern(term: str) -> str:
    """Return a pattern of the words with one typo: a wrong, missing or extra letter, or two swapped neighbours."""
    splits = [(term[:index], term[index:]) for index in range(len(term) + 1)]
    parts = [
        *((before, r"\S?", after[1:]) for before, after in splits if after),
        *((before, r"\S", after) for before, after in splits),
        *((before + after[1] + after[0], "", after[2:]) for before, after in splits if len(after) > 1),
    ]
    return whole_words("|".join(re.escape(before) + typo + re.escape(after) for before, typo, after in parts))


def whole_words(pattern: str) -> str:
    """Return a pattern that matches only whole words. Python (for SQLite) and PostgreSQL read it alike."""
    return rf"(?<!\w)(?:{pattern})(?!\w)"


def allows_typos(term: str, min_length: int) -> bool:
    """Return whether `term` has an allowed length, and is neither a number nor an email address."""
    return min_length <= len(term) <= MAX_TYPO and not re.search(r"[\d@]", term)


class ScanMatcher:
    """Builds conditions for databases without trigram indexes."""

    def contains(self, text: Expression, term: str) -> Q:
        return Q(IRegex(text, re.escape(term)))  # SQLite's LIKE ignores the case of ASCII letters only

    def contains_typo(self, text: Expression, term: str) -> Q:
        return Q(IRegex(text, typo_pattern(term)))

    def matches_name(self, term: str) -> Q:
        """Return the condition for people whose display name or username matches."""
        if allows_typos(term, MIN_TYPO_IN_NAME):
            return self.contains(NAMES, term) | self.contains_typo(NAMES, term)
        return self.contains(NAMES, term)

    def matches_detail(self, term: str, details: RolesByDetail) -> Q:
        """Return the condition for roles with a detail that contains `term`."""
        return any_detail(self.contains, term, details)

    def matches_detail_with_typo(self, term: str, details: RolesByDetail) -> Q:
        """Return the condition for roles with a detail that contains `term` with a typo."""
        return any_detail(self.contains_typo, term, details)

    def similarity(self, term: str) -> Expression:
        """Return how well `term` matches a person's names, from 0 (not at all) to 1 (a whole word)."""
        literal = re.escape(term)
        return Case(
            When(IRegex(NAMES, whole_words(literal)), then=1.0),
            When(IRegex(NAMES, rf"(?<!\w){literal}"), then=0.75),
            When(self.contains(NAMES, term), then=0.5),
            When(self.matches_name(term), then=0.25),
            default=0.0,
            output_field=FloatField(),
        )


class TrigramMatcher(ScanMatcher):
    """Builds conditions that use PostgreSQL's trigram indexes, and match similar spellings too."""

    def contains(self, text: Expression, term: str) -> Q:
        return Q(IContains(text, term))

    def contains_typo(self, text: Expression, term: str) -> Q:
        condition = super().contains_typo(text, term)
        if len(term) >= MIN_SIMILAR:
            # type of the first argument: the stubs allow text only, Django takes any expression.
            similarity = TrigramStrictWordSimilarity(Upper(Value(term)), Upper(text))  # type: ignore[arg-type]  # see above
            condition |= Q(GreaterThanOrEqual(similarity, SIMILARITY_THRESHOLD))
        return self.is_candidate(text, term) & condition

    def is_candidate(self, text: Expression, term: str) -> Q:
        # The index supports this operator. Its threshold is a setting of the connection, and only has to be low enough.
        return Q(TrigramWordSimilar(Upper(text), Upper(Value(term))))

    # The index covers all details. The conditions of ScanMatcher then exclude those that must not be searched.

    def matches_detail(self, term: str, details: RolesByDetail) -> Q:
        return self.contains(DETAILS, as_json_text(term)) & super().matches_detail(term, details)

    def matches_detail_with_typo(self, term: str, details: RolesByDetail) -> Q:
        return self.is_candidate(DETAILS, as_json_text(term)) & super().matches_detail_with_typo(term, details)


def any_detail(matches: Callable[[Expression, str], Q], term: str, details: RolesByDetail) -> Q:
    """Return the condition for roles with at least one detail that matches. `details` must not be empty."""
    conditions = (
        Q(name__in=roles) & matches(KeyTextTransform(name, "details"), term) for name, roles in details.items()
    )
    return reduce(or_, conditions)


def as_json_text(term: str) -> str:
    """Return `term` as it appears within a JSON string."""
    return json.dumps(term, ensure_ascii=False)[1:-1]


def current_matcher() -> ScanMatcher:
    """Return the matcher for the database in use."""
    return TrigramMatcher() if connection.vendor == "postgresql" else ScanMatcher()
