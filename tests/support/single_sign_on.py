"""What a site does that signs people in with a portal, with the code of the how-tos."""

import html
import os
import re
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from urllib.parse import urlencode, urlsplit

import pytest

from tests.support.visitor import FORM, Response, Visitor

HOW_TO = Path("docs", "how-to")
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')


def code_of(portal: Path, page: str) -> list[str]:
    """Return the blocks of Python of a how-to."""
    text = (portal / HOW_TO / f"{page}.md").read_text()
    return re.findall(r"(?ms)^```python\n(.*?)^```$", text)


def variables_of(printed: str) -> dict[str, str]:
    """Return the variables that the code of a how-to reads, from what `manage.py client create` printed."""
    values = dict(re.findall(r"client_(id|secret) +(\S+)", printed))
    return {f"CLIENT_{name.upper()}": value for name, value in values.items()}


def load(code: str, variables: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """Return the code of a how-to as a module, which has these variables in its environment."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    module = ModuleType("how_to")
    exec(compile(code, "how-to", "exec"), module.__dict__)
    return module


def start(script: str, folder: Path, variables: dict[str, str]) -> subprocess.Popen[str]:
    """Run Python code as a program of its own, in a folder."""
    (folder / "program.py").write_text(script)
    return subprocess.Popen(
        [sys.executable, "program.py"],
        cwd=folder,
        env=os.environ | variables,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(program: subprocess.Popen[str], text: str = "") -> str:
    """Return what a program prints until it ends."""
    printed, errors = program.communicate(text, timeout=60)
    assert program.returncode == 0, errors
    return printed


def path_of(url: str) -> str:
    """Return the path of a URL, with its query."""
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path


def allow(person: Visitor, url: str) -> str:
    """Allow a client on the page of consent at `url`, and return where it leads."""
    page = person.get(path_of(url))
    assert page.status == 200, page.text[:500]
    return press(person, urlsplit(url).path, action="grant", **hidden_fields(page)).headers["Location"]


def hidden_fields(page: Response) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in HIDDEN.findall(page.text)}


def press(person: Visitor, path: str, **fields: str) -> Response:
    """Send the form of a page of the portal's."""
    return person.request("POST", path, body=urlencode(fields), headers=person.page_headers(FORM))
