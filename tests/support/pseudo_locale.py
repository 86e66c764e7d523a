"""Catalogues in an invented Arabic, made from the English texts: every text is longer and runs from right to left.

A page in this language shows what a translation can break, and shows each text that is in no catalogue in English.
"""

import re
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

LANGUAGE = "ar"
PLURALS = 6  # of Arabic

LETTERS = dict(zip("abcdefghijklmnopqrstuvwxyz", "ابتثجحخدذرزسشصضطظعغفقكلمنه", strict=True))
FILLER = "ومن الطويل "
LONGER = 0.4  # of the length of a text

# What stays as it is: %(name)s and %s, {name}, tags such as <0>, and paths such as /admin/.
KEPT = re.compile(r"%\(\w+\)[sd]|%[sd]|\{[\w%() ]*\}|</?\w+/?>|(?<!\w)/[\w/]+/")

# The cases of {count, plural, one {# book} other {# books}}.
CASES = re.compile(
    r"\{(\w+), (plural|select|selectordinal),((?:\s*(?:=?\w+|offset:\d+)\s*\{(?:[^{}]|\{\w+\})*\})+)\s*\}"
)
CASE = re.compile(r"(=?\w+)\s*\{((?:[^{}]|\{\w+\})*)\}")


def pseudo(text: str) -> str:
    """Return the text in invented letters, 40 % longer. Parameters and tags stay."""
    parts, end = [], 0
    for found in CASES.finditer(text):
        parts.append(pseudo_plain(text[end : found.start()]))
        cases = " ".join(f"{name} {{{pseudo_plain(content)}}}" for name, content in CASE.findall(found[3]))
        parts.append(f"{{{found[1]}, {found[2]}, {cases}}}")
        end = found.end()
    return "".join([*parts, pseudo_plain(text[end:])])


def pseudo_plain(text: str) -> str:
    words = sum(map(str.isalpha, KEPT.sub("", text)))
    if words == 0:
        return text
    letters = "".join(
        part if KEPT.fullmatch(part) else "".join(LETTERS.get(letter.lower(), letter) for letter in part)
        for part in re.split(f"({KEPT.pattern})", text)
    )
    length = round(words * LONGER)
    filler = (FILLER * (length // len(FILLER) + 1))[:length].strip()
    stripped = letters.rstrip()
    return f"{stripped} {filler}{letters[len(stripped) :]}" if filler else letters


def write_catalogues(portal: Path) -> None:
    """Write a catalogue beside each Hindi one: those of the pages, and those of Python."""
    for path in [*portal.glob("frontend/locale/hi.po"), *portal.glob("*/*/locale/hi.po")]:
        write(path, path.with_name(f"{LANGUAGE}.po"))
    for path in portal.glob("**/locale/hi/LC_MESSAGES/django.po"):
        if "node_modules" not in path.parts and ".venv" not in path.parts:
            target = path.parents[2] / LANGUAGE / "LC_MESSAGES" / "django.po"
            target.parent.mkdir(parents=True, exist_ok=True)
            write(path, target)


def write(source: Path, target: Path) -> None:
    with source.open("rb") as file:
        texts = read_po(file)
    catalogue = Catalog(locale=LANGUAGE)
    for message in texts:
        if not message.id:
            continue
        if isinstance(message.id, tuple):
            one, many = map(pseudo, message.id)
            catalogue.add(message.id, (one, *[many] * (PLURALS - 1)), context=message.context)
        else:
            catalogue.add(message.id, pseudo(message.id), context=message.context)
    with target.open("wb") as file:
        write_po(file, catalogue, width=0)
