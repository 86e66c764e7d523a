"""Collect the texts of Python, templates, manifests and portal.yaml into catalogues, in place of Django's command.

Django's command needs the programs of gettext, and does not know manifests.
"""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.conf.global_settings import LANGUAGES
from django.core.management.base import BaseCommand, CommandError

from core.catalogues.compiling import compile_catalogues
from core.catalogues.places import languages, owners


class Command(BaseCommand):
    help = "Collect the texts of Python and of manifests into the catalogues, and compile these."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--language", default="", help="the code of a language to add, such as fr or pt-br")
        parser.add_argument("--app", default="", help="the name of the service or app whose texts are collected")
        parser.add_argument("--check", action="store_true", help="change nothing, and fail if a text is left out")

    def handle(self, *args: Any, **options: Any) -> None:
        from core.catalogues.collecting import collect  # it imports much of Babel

        base: Path = settings.BASE_DIRECTORY
        added = options["language"]
        if added and (added not in dict(LANGUAGES) or added == "en"):
            raise CommandError(f"{added}: use the code of a language that Django ships, other than en: fr or pt-br.")
        folder = folder_of(options["app"], base) if options["app"] else base
        found = collect(base, sorted({*languages(base), *([added] if added else [])}))
        contents = {path: content for path, content in found.items() if path.is_relative_to(folder)}
        outdated = {path: new for path, new in contents.items() if not path.is_file() or path.read_bytes() != new}
        if options["check"]:
            self.check_catalogues(base, list(outdated))
            return
        for path, content in outdated.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            self.stdout.write(f"Updated {path.relative_to(base)}")
        compile_catalogues(base)
        self.report_missing(base, languages(base), folder)

    def check_catalogues(self, base: Path, outdated: list[Path]) -> None:
        """Raise CommandError if a text is not marked, is missing in a catalogue, or has no translation.

        Only the languages of portal.yaml have to be complete. Others may be in the making.
        """
        from core.catalogues.bare_texts import bare_texts

        bare = list(bare_texts(base))
        for file, line, text in bare:
            self.stdout.write(f"{file}:{line}: mark this text with gettext or gettext_lazy: {text}")
        for path in outdated:
            self.stdout.write(f"{path.relative_to(base)}: not in step with the sources. Run: make messages")
        number = self.report_missing(base, [code for code, _ in settings.LANGUAGES if code != "en"], base)
        if bare or outdated or number:
            raise CommandError(
                f"{len(bare)} texts are not marked, {len(outdated)} catalogues are not in step, and"
                f" {number} texts have no translation."
            )

    def report_missing(self, base: Path, codes: list[str], folder: Path) -> int:
        """List the texts of a folder without a translation by file, and return their number."""
        from core.catalogues.collecting import missing

        found = [text for text in missing(base, codes) if text[0].is_relative_to(folder)]
        for path, file, text in found:
            self.stdout.write(f"{path.relative_to(base)}: no translation of {text!r} ({file})")
        return len(found)


def folder_of(app: str, base: Path) -> Path:
    """Return the folder of a service or app. Raises CommandError if it has no catalogues."""
    folders = {owner.directory.name: owner.directory for owner in owners(base) if "/" in owner.name}
    if app not in folders:
        raise CommandError(f"{app}: there is no service, and no app with a folder locale/, of this name.")
    return folders[app]
