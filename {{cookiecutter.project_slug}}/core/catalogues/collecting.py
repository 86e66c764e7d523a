"""Bring catalogues in step with the sources, and find what has no translation."""

from collections.abc import Iterable, Iterator
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.plurals import get_plural
from babel.messages.pofile import read_po, write_po

from .extraction import Text, texts_of
from .places import NAME, locale_name, owners

WIDTH = 120  # characters of a line


def collect(base_directory: Path, languages: list[str]) -> dict[Path, bytes]:
    """Return what each catalogue has to contain to be in step with the sources. Translations are kept.

    A text that no source has any more is left out. An owner without texts has no catalogue.
    """
    contents = {}
    for owner in owners(base_directory):
        texts = list(texts_of(owner))
        for language in languages if texts else []:
            path = owner.catalogue(language)
            known = read(path)
            plural_forms = known.plural_forms if known.locale else default_plural_forms(language)
            contents[path] = render(merge(texts, known), language, plural_forms)
    return contents


def merge(texts: list[Text], known: Catalog) -> Catalog:
    """Return a catalogue of the texts with the translations of `known`."""
    catalogue = Catalog()
    for text, context, file in texts:
        message = catalogue.add(text, locations=[(file, 0)], context=context)
        before = known.get(message.id, message.context)
        if before and before.pluralizable == message.pluralizable:
            message.string = before.string
            message.flags |= before.flags & {"fuzzy"}
    return catalogue


def read(path: Path) -> Catalog:
    """Return the catalogue of a file; an empty one without the file."""
    if not path.is_file():
        return Catalog()
    with path.open("rb") as file:
        return read_po(file)


def default_plural_forms(language: str) -> str:
    """Return the plural forms for a new catalogue. One that exists keeps its own, since its translations have them.

    Babel corrects its table from time to time, and a catalogue is not outdated by that.
    """
    return get_plural(Locale.parse(locale_name(language))).plural_forms


def render(catalogue: Catalog, language: str, plural_forms: str) -> bytes:
    """Return the text of a .po file. Its header has no dates, so that it changes only with a text."""
    output = BytesIO()
    write_po(output, catalogue, width=WIDTH, omit_header=True, sort_by_file=True, include_lineno=False)
    header = (
        'msgid ""\nmsgstr ""\n'
        '"Content-Type: text/plain; charset=utf-8\\n"\n'
        f'"Language: {locale_name(language)}\\n"\n'
        f'"Plural-Forms: {plural_forms}\\n"\n\n'
    )
    return header.encode() + output.getvalue().strip() + b"\n"


def missing(base_directory: Path, languages: Iterable[str]) -> Iterator[tuple[Path, str, str]]:
    """Yield the texts without a translation: the catalogue, the file that has the text, and the text.

    Those of portal.yaml are left out: they are the institute's own words.
    """
    folders = [owner.directory for owner in owners(base_directory) if not owner.is_portal]
    for folder in [base_directory / "frontend", *folders]:
        for language in languages:
            for path in (folder / "locale" / locale_name(language) / NAME, folder / "locale" / f"{language}.po"):
                yield from ((path, *text) for text in missing_in(read(path)))


def missing_in(catalogue: Catalog) -> Iterator[tuple[str, str]]:
    """Yield the file and the text of each message without a translation."""
    for message in catalogue:
        if message.id and (message.fuzzy or not is_translated(message.string)):
            file = message.locations[0][0] if message.locations else ""
            yield file, message.id if isinstance(message.id, str) else message.id[0]


def is_translated(translation: str | tuple[str, ...] | list[str] | None) -> bool:
    """Return whether there is a translation, with all its plural forms."""
    return all(translation) if isinstance(translation, tuple | list) else bool(translation)
