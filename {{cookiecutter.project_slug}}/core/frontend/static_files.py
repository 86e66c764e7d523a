"""Static files under names with digests, so that browsers may keep them for good."""

from typing import Any

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class StaticFilesStorage(ManifestStaticFilesStorage):
    """Django's, but a file that was not collected keeps its plain name: an error page must never fail for its style."""

    manifest_strict = False

    def hashed_name(self, name: str, content: Any = None, filename: str | None = None) -> str:
        try:
            return super().hashed_name(name, content, filename)
        except ValueError:
            return name
