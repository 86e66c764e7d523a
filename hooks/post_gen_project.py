"""Finishes a portal: leaves out the example app when it was not wanted, fills in `.env`, says what comes next.

cookiecutter renders this file and runs it alone, inside the new portal: standard library only. There is no `git init`:
update tools run this hook too, in folders that they compare, and a repository would be part of the comparison.
"""

import json
import os
import re
import secrets
import shlex
import shutil
import unicodedata
from pathlib import Path

ANSWERS = json.loads(r"""{{ cookiecutter | tojson }}""")  # JSON never holds three quotes in a row


def remove_example_app():
    """Leave apps/ itself: it is where the institute's own apps go."""
    if Path("apps/polls").exists():
        shutil.rmtree("apps/polls")


def write_environment():
    """Fill `.env.example` in as `.env`. Where there is one already, it is somebody's, with their secrets: it stays."""
    try:
        descriptor = os.open(".env", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    lines = Path(".env.example").read_text(encoding="utf-8").splitlines()
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(filled_in(line) + "\n" for line in lines)


def filled_in(line):
    if re.fullmatch(r"SECRET_KEY=|[A-Z_]+_PASSWORD=", line):
        return line + secrets.token_hex(32)
    if line == "MAIL_FROM=":
        return line + mail_from(ANSWERS["maintainers_name"], ANSWERS["maintainers_email"])
    return line


def mail_from(name, email):
    """The maintainers' address, named after them, quoted so that all who read `.env` read the same.

    Readers agree on little: Compose expands $ and backslashes between double quotes, python-dotenv undoes doubled
    backslashes between any and expands ${} between all. A name that holds one of those is written in the letters that
    mail programs send it in (RFC 2047), as one word; otherwise it is readable, and only the kind of quotes differs.
    """
    if re.search(r'["\\$`]|=\?', name):
        from email.charset import Charset  # here, because most names do without it

        name = Charset("utf-8").header_encode(name)
    elif not re.fullmatch(r"[\w'-]+( [\w'-]+)*", name):
        name = f'"{name}"'
    local_part, _, host = email.rpartition("@")
    address = f"{name} <{local_part}@{ascii_domain(host)}>"
    if "'" in address:
        return '"' + address.replace('"', r"\"") + '"'
    return f"'{address}'"


def ascii_domain(domain):
    """The domain as mail servers know it, in punycode. Django would make it by the rules of 2003, and faß into fass."""
    labels = unicodedata.normalize("NFC", domain).lower().split(".")
    return ".".join(label if label.isascii() else "xn--" + label.encode("punycode").decode() for label in labels)


def next_commands():
    started_in = os.environ.get("PWD", "")  # cookiecutter itself has changed its folder since
    folder = os.path.relpath(Path.cwd(), started_in) if Path(started_in).is_absolute() else str(Path.cwd())
    return f"""
{ANSWERS["project_slug"]} is ready. Next:

  cd {shlex.quote(folder)}
  make dev          # sets up, then serves the portal on http://127.0.0.1:8000
  make maintainer   # in another terminal: makes your account
"""


def is_for_comparison():
    """Whether cruft made this portal in a temporary folder, to compare it with the real one and throw it away."""
    if "_commit" not in ANSWERS:  # only cruft tells it
        return False
    from tempfile import gettempdir

    return Path(gettempdir()).resolve() in Path.cwd().resolve().parents


if not ANSWERS["example_app"]:
    remove_example_app()
write_environment()
if not is_for_comparison():
    print(next_commands())
