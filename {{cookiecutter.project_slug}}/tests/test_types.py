"""Types are checked strictly. Each exception names its error and its reason."""

import re

from django.conf import settings

FOLDERS = ("config", "core", "services")
IGNORE = re.compile(r"# type: ignore(?!\[[a-z-]+(, [a-z-]+)*\]  # \w)")


def test_each_ignored_error_has_a_code_and_a_reason():
    files = [path for folder in FOLDERS for path in (settings.BASE_DIRECTORY / folder).rglob("*.py")]
    incomplete = {
        f"{path.relative_to(settings.BASE_DIRECTORY)}:{number}"
        for path in files
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if IGNORE.search(line)
    }
    assert incomplete == set()
