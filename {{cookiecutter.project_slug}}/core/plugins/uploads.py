"""How large a request's body may be: 1 MB, and more on the paths that a manifest declares under `uploads`."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from core.configuration.prefixes import API

from .discovery import Plugin

MEGABYTE = 1024 * 1024
LARGEST_BODY_MEGABYTES = 1


@dataclass(frozen=True, slots=True)
class Upload:
    """A path that takes larger bodies, as a regular expression for Python and for NGINX."""

    pattern: str
    megabytes: int


def uploads(plugins: Iterable[Plugin], *, at_most: int) -> Iterator[Upload]:
    """Yield what the manifests declare. `at_most`, in megabytes, is LIMIT_BODY_MEGABYTES of .env."""
    for plugin in plugins:
        for path, megabytes in plugin.manifest.uploads.items():
            segments = "".join("[^/]+" if one == "*" else re.escape(one) for one in re.split(r"(\*)", path))
            yield Upload(f"^{re.escape(API)}{plugin.name}/{segments}$", min(megabytes, at_most))
