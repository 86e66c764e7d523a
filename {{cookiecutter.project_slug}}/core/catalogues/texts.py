"""Translate the texts of manifests and of portal.yaml, which are in no Python file."""

from django.utils.translation import gettext, override


def translate(text: str, language: str | None = None) -> str:
    """Return the translation of a text in `language`, by default that of the request; the text itself without one."""
    if not text:
        return ""  # gettext would return the header of the catalogue
    if language is None:
        return gettext(text)
    with override(language):
        return gettext(text)
