"""What a site does that signs people in with a portal, with the code of the how-tos."""

import html
import os
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from urllib.parse import urlencode, urlsplit

import pytest

from tests.support.visitor import FORM, Response, Visitor

HOW_TO = Path("docs", "how-to")
HIDDEN = re.compile(r'<input type="hidden" name="(\w+)" value="([^"]*)"')
DJANGO_CALLBACK = "https://wiki.example.edu/oidc/callback/"

# A Django site that has what the how-to adds to one.
DJANGO_SITE = """
import os

import django
from django.conf import settings
from django.urls import include, path

PORTAL = os.environ["PORTAL"]
{settings}
settings.configure(
    ALLOWED_HOSTS=["wiki.example.edu"],
    DATABASES={{"default": {{"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}}},
    INSTALLED_APPS=[
        "django.contrib.auth",
        "django.contrib.contenttypes",
        "django.contrib.sessions",
        "mozilla_django_oidc",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ],
    ROOT_URLCONF=__name__,
    SECRET_KEY="a key of a test",
    **{{name: value for name, value in globals().items() if name.startswith(("OIDC_", "AUTHENTICATION_", "LOGIN_"))}},
)
django.setup()
urlpatterns = []
{urls}
if __name__ == "__main__":
    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.test import Client

    call_command("migrate", verbosity=0)
    browser = Client(SERVER_NAME="wiki.example.edu")
    print(browser.get("/oidc/authenticate/", secure=True)["Location"], flush=True)
    browser.get(input(), secure=True)
    user = get_user_model().objects.get(pk=browser.session["_auth_user_id"])
    print(f"Hello, {{user.first_name}}; {{user.username}}; {{user.email}}", flush=True)
"""


def code_of(portal: Path, page: str, language: str = "python") -> list[str]:
    """Return the blocks of a how-to in this language, without their indentation."""
    text = (portal / HOW_TO / f"{page}.md").read_text()
    return [dedent(block) for block in re.findall(rf"(?ms)^ *```{language}\n(.*?)^ *```$", text)]


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


def start_django_site(portal: Path, folder: Path, variables: dict[str, str]) -> subprocess.Popen[str]:
    """Run the Django site of the how-to. It prints where a browser is sent, reads where it comes back, and greets."""
    settings, urls, backend = code_of(portal, "sign-in-at-a-django-site")
    (folder / "accounts.py").write_text(backend)
    return start(DJANGO_SITE.format(settings=settings, urls=urls), folder, variables)


def device_path(portal: str, printed: str) -> str:
    """Return the path of the page for the code that the command line of the how-to printed."""
    found = re.fullmatch(rf"Open {portal}(\S+) and type (\S+)\n", printed)
    return f"{found[1]}?{urlencode({'code': found[2]})}"


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
    """Let a client sign the person in at `url`, and return where that leads. The page of consent is allowed once."""
    response = person.get(path_of(url))
    if response.status == 200:
        response = press(person, urlsplit(url).path, action="grant", **hidden_fields(response))
    assert response.status == 302, response.text[:500]
    return response.headers["Location"]


def hidden_fields(page: Response) -> dict[str, str]:
    return {name: html.unescape(value) for name, value in HIDDEN.findall(page.text)}


def press(person: Visitor, path: str, **fields: str) -> Response:
    """Send the form of a page of the portal's."""
    return person.request("POST", path, body=urlencode(fields), headers=person.page_headers(FORM))
