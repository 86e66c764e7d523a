"""The texts of a portal in another language, as its catalogues have them."""

from __future__ import annotations

from pathlib import Path

from babel.messages.pofile import read_po


class Catalogue:
    """The translations of one language: `in_hindi("Sign in")`.

    `owner` is the folder whose catalogue has the text, such as "services/people". It is needed for a text that folders
    translate differently.
    """

    def __init__(self, portal: Path, language: str) -> None:
        self.texts: dict[str, dict[str, str]] = {}
        python: dict[str, dict[str, str]] = {}
        for file in [*portal.glob(f"*/locale/{language}.po"), *portal.glob(f"*/*/locale/{language}.po")]:
            self.read(self.texts, file, file.parent.parent.relative_to(portal))
        for file in portal.rglob(f"locale/{language}/LC_MESSAGES/django.po"):
            if not {".venv", "node_modules"} & set(file.parts):
                self.read(python, file, file.parents[3].relative_to(portal))
        self.texts = python | self.texts  # the Django admin may have other words

    def read(self, texts: dict[str, dict[str, str]], file: Path, owner: Path) -> None:
        with file.open("rb") as content:
            for message in read_po(content):
                if message.id and isinstance(message.id, str) and message.string:
                    texts.setdefault(message.id, {})[str(owner)] = message.string

    def __call__(self, english: str, *, owner: str = "", **values: str) -> str:
        """Return the translation. `values` fill in the text's names in braces."""
        translations = self.texts[english]
        found = {translations[owner]} if owner else set(translations.values())
        if len(found) != 1:
            raise AssertionError(f"{english!r} has several translations, name one of the owners: {translations}")
        text = found.pop()
        for name, value in values.items():
            text = text.replace(f"{{{name}}}", value)
        return text
