"""Static files with a digest in their names, so that browsers may cache them forever."""

from typing import Any

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class StaticFilesStorage(ManifestStaticFilesStorage):
    """Uses the plain name of a file that was not collected, so that an error page does not fail for its style sheet."""

    manifest_strict = False

    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:
        try:
            return super().hashed_name(name, content, filename)
        except ValueError:
            return name
