"""Where catalogues are, and the texts of which files belong to each."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

NAME = Path("LC_MESSAGES", "django.po")


@dataclass(frozen=True, slots=True)
class Owner:
    """A folder with catalogues: that of the portal, the core, a service or an app, such as `services/people`."""

    name: str
    directory: Path

    @property
    def is_portal(self) -> bool:
        """Whether its texts are those of portal.yaml, which each institute writes itself."""
        return self.name == ""

    def catalogue(self, language: str) -> Path:
        """Return the path of the catalogue of Python in a language such as `hi` or `pt-br`, which may not exist."""
        return self.directory / "locale" / locale_name(language) / NAME

    def label(self, path: Path) -> str:
        """Return a path below the folder as messages show it, such as `services/people/views.py`."""
        return str(Path(self.name) / path.relative_to(self.directory))


def locale_name(language: str) -> str:
    """Return the name of a language's folder, as Django has it: `pt_BR` for `pt-br`, `zh_Hans` for `zh-hans`."""
    code, _, region = language.partition("-")
    return f"{code}_{region.title() if len(region) > 2 else region.upper()}" if region else code


def owners(base_directory: Path) -> Iterator[Owner]:
    """Yield the folders that have catalogues. An app has some if its folder has a folder `locale`."""
    yield Owner("", base_directory)
    yield Owner("core", base_directory / "core")
    for layer in ("services", "apps"):
        for directory in sorted((base_directory / layer).glob("*/")):
            if (directory / "manifest.yaml").is_file() and (layer == "services" or (directory / "locale").is_dir()):
                yield Owner(f"{layer}/{directory.name}", directory)


def languages(base_directory: Path) -> list[str]:
    """Return the languages that have a catalogue, of Python or of pages, besides English."""
    folders = [base_directory / "frontend", *(owner.directory for owner in owners(base_directory))]
    python = {
        path.parent.parent.name.replace("_", "-").lower()
        for folder in folders
        for path in folder.glob(f"locale/*/{NAME}")
    }
    pages = {path.stem for folder in folders for path in folder.glob("locale/*.po")}
    return sorted((python | pages) - {"en"})
