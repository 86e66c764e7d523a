"""The code and the docs use the words of the field, and none of the private words that they once had."""

import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.checkout import REPOSITORY, checkout_files

# Files that may hold old names: the changelog maps old names to new ones, this file lists them, and locks, pictures and
# migrations (which keep their names for ever) are not written for readers.
LEFT_OUT = re.compile(
    r"CHANGELOG\.md|tests/template/test_vocabulary\.py|\.lock$|package-lock\.json|/lucide\.json$|\.(png|webp)$|/migrations/"
)

# Parts of identifiers (`snake_case`, `camelCase`, `kebab-case` in CSS), with what to write in their place.
PARTS = {
    "citizen": "plugin",
    "citizens": "plugins",
    "stranger": "anonymous visitor, or unknown host",
    "strangers": "anonymous visitors, or unknown hosts",
    "ledger": "notifications table",
    "door": "access decision, form page, middleware",
    "doors": "access decisions, form pages, middleware",
    "verdict": "access decision, outcome",
    "hat": "role",
    "hats": "roles",
    "hint": "update; for the text below a field: help",
    "hints": "updates",
    "complaint": "field error",
    "complaints": "field errors",
    "unproven": "ReauthenticationRequired",
    "unwilling": "Cancelled",
    "proof": "Reauthentication; of a health check: probe",
    "heed": "respect",
    "rhyme": "what is meant",
    "manners": "conventions",
    "outward": "what is meant, such as internet",
    "speak": "activate",
    "forgiven": "what is allowed",
    "tidy": "what is done",
    "unseen": "what is meant",
    "paint": "render",
    "backstage": "restricted",
    "newcomer": "what the app is for",
    "trouble": "what went wrong",
}
# Whole identifiers that were private to this project.
IDENTIFIERS = {
    "ROWS": "HEALTH_CHECKS",
    "stand_in": "embedded_backend",
    "SignsOfLife": "LivenessFile",
    "signs_of_life": "liveness",
    "HintConsumer": "TopicConsumer",
    "compile_words": "compile-catalogues",
    "Elsewhere": "NotFound",
    "Nobody": "ProfileNotFound",
    "Face": "Avatar",
    "Showing": "PrivacySettings",
    "WatchedSocket": "SessionGuard",
    "look": "recheck",
    "look_again": "recheck",
    "seconds_until_next_look": "seconds_until_recheck",
    "tell": "publish, log, report",
    "take_turn": "advisory_lock",
    "take_a_turn": "what it does",
    "turn": "the lock, or what it does",
    "is_anybody": "is_docker_gateway",
    "serve_requests": "configure_connections",
    "greet": "what it prints",
    "beat_once": "send_first_heartbeat",
    "guarded": "escape_formula",
    "remember": "record",
    "slips": "typo_pattern",
    "Plain": "what it matches",
    "place_of": "rank_key",
    "role_prolong": "role_extend",
    "count_the_first_code": "record_second_factor_on_setup",
    "OneServer": "SingleServerHasher",
    "LastingClient": "what it does",
    "is_silent": "has_nothing_to_read",
    "askWho": "fetchSession",
    "forgetWho": "clearSession",
    "tooOften": "tooManyAttempts",
    "inTime": "formatWait",
    "useForgetting": "useResetOnPersonChange",
    "hurry": "reconnectNow",
    "PATIENCE": "TIMEOUT",
    "LONG_ENOUGH": "STABLE_AFTER",
    "shown": "serialize, visible, quote",
    "ask": "ping, request, prompt",
    "prove": "round_trip",
    "learn": "loadCatalogue",
}
PREFIXES = {"tell_": "publish_, log_, report_"}
# Words and phrases of prose, in any file.
PROSE = {
    r"citizens?": "plugin; to extenders: app",
    r"stand-ins?(?! images?)": "embedded backend",
    r"strangers?": "anonymous visitor, or unknown host",
    r"ledger": "notifications table",
    r"hats?": "role",
    r"manners": "conventions",
    r"rhymes?": "what is meant",
    r"signs? of life": "liveness file, heartbeat",
    r"(?:opens?|opened|open|at|behind|in front of|through) (?:the|its|a|no|that) doors?": "grants access, middleware",
    r"world outside": "the internet",
    r"complaints?": "field error",
    r"whoever": "a noun",
}

# What stays, and why. Each is a pattern of the identifier or of the line that holds the word.
EXCEPTIONS = {
    r"login_hint|loginHint": "OpenID Connect's parameter",
    r"STANDINS|standins": "the variable that names a command which starts a Docker engine",
    r"outward": "the name of a network in compose.yaml, a contract",
    r"^enterKeyHint$": "React's name of an HTML attribute",
    r"^hint$": "the argument of Django's system checks",
}

NAME = re.compile(r"[A-Za-z_$][\w$]*")
SPLIT = re.compile(r"[_\-]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def text_files() -> list[Path]:
    return [REPOSITORY / path for path in checkout_files() if not LEFT_OUT.search(path.as_posix())]


def python_identifiers(text: str) -> Iterator[tuple[int, str]]:
    """The names that Python code defines or uses, with their lines; no word of a string or a comment."""
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.NAME:
            yield token.start[0], token.string


def without_texts(text: str) -> str:
    """JavaScript without its comments and quoted texts, as many lines as before."""
    blank = re.compile(
        r"/\*.*?\*/|//[^\n]*|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"|`(?:\\.|[^`\\])*`|>[^<>{}]*<", re.DOTALL
    )
    return blank.sub(lambda match: "\n" * match[0].count("\n") or " ", text)


def identifiers(path: Path, text: str) -> Iterator[tuple[int, str]]:
    if path.suffix == ".py":
        yield from python_identifiers(text)
    elif path.suffix in {".js", ".jsx", ".mjs"}:
        for number, line in enumerate(without_texts(text).splitlines(), 1):
            yield from ((number, name) for name in NAME.findall(line))
        for number, line in enumerate(text.splitlines(), 1):
            for classes in re.findall(r'className="([^"]*)"', line):
                yield from ((number, name) for name in classes.split())
    elif path.suffix == ".css":
        for number, line in enumerate(text.splitlines(), 1):
            yield from ((number, name) for name in re.findall(r"\.([a-z][a-z-]+)", line))
    yield 0, path.stem


def old_name(identifier: str) -> str | None:
    """What to write in place of an identifier; None where it is fine."""
    if any(re.search(pattern, identifier) for pattern in EXCEPTIONS):
        return None
    if identifier in IDENTIFIERS:
        return IDENTIFIERS[identifier]
    for prefix, replacement in PREFIXES.items():
        if identifier.startswith(prefix):
            return replacement
    return next((PARTS[part.lower()] for part in SPLIT.split(identifier) if part.lower() in PARTS), None)


def old_words(text: str) -> Iterator[tuple[int, str, str]]:
    for number, line in enumerate(text.splitlines(), 1):
        if any(re.search(pattern, line) for pattern in EXCEPTIONS):
            continue
        for pattern, replacement in PROSE.items():
            if match := re.search(rf"\b{pattern}\b", line, re.IGNORECASE):
                yield number, match[0], replacement


@pytest.fixture(scope="module")
def texts() -> dict[Path, str]:
    return {path: path.read_text(errors="replace") for path in text_files()}


def test_no_identifier_is_a_private_word(texts: dict[Path, str]) -> None:
    found = [
        f"{path.relative_to(REPOSITORY)}:{line}: {name} -> {replacement}"
        for path, text in texts.items()
        for line, name in identifiers(path, text)
        if (replacement := old_name(name))
    ]
    assert not found, "\n".join(found)


def test_no_sentence_has_a_private_word(texts: dict[Path, str]) -> None:
    found = [
        f"{path.relative_to(REPOSITORY)}:{line}: {word} -> {replacement}"
        for path, text in texts.items()
        for line, word, replacement in old_words(text)
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("citizen_urls", "plugin"),
        ("HintConsumer", "TopicConsumer"),
        ("tell_browsers", "publish_, log_, report_"),
        ("useProof", "Reauthentication; of a health check: probe"),
        ("onHint", "update; for the text below a field: help"),
        ("login_hint", None),
        ("what", None),
        ("chat", None),
        ("indoor", None),
    ],
)
def test_old_names_are_told_from_names_that_hold_their_letters(identifier: str, expected: str | None) -> None:
    assert old_name(identifier) == expected
