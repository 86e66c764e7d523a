"""Read the files of a portal that hold answers, with the parsers of others where one exists."""

from email import message_from_string
from email.headerregistry import Address
from email.policy import default as mail_policy
from pathlib import Path
from typing import Any

import idna
import yaml
from dotenv import dotenv_values
from markdown_it import MarkdownIt


def read_portal(portal: Path) -> dict[str, Any]:
    """Return the content of portal.yaml."""
    return yaml.safe_load((portal / "portal.yaml").read_text(encoding="utf-8"))


def read_environment(portal: Path, *, interpolate: bool = True) -> dict[str, str | None]:
    """Return what python-dotenv reads in .env. It interpolates by default."""
    return dotenv_values(portal / ".env", interpolate=interpolate, encoding="utf-8")


def read_as_compose(portal: Path) -> dict[str, str]:
    """Return what Docker Compose reads in .env, by the rules of its parser (compose-spec/compose-go, dotenv/parser.go).

    https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/ describes them.
    Raise ValueError for a value that Compose would expand, or that has no end.
    """
    values = {}
    for line in (portal / ".env").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            key, _, written = line.partition("=")
            values[key] = compose_value(written.lstrip())
    return values


def compose_value(written: str) -> str:
    """Return the value that Compose reads in what stands after the = of a line."""
    quote = written[:1]
    if quote not in {"'", '"'}:
        value = written.split(" #")[0].rstrip()
        if "$" in value:
            raise ValueError(f"Compose would expand the $ in {written}")
        return value
    value, escaped = "", False
    for position, character in enumerate(written[1:], 1):
        if character == quote and not escaped:
            if written[position + 1 :].strip():
                raise ValueError(f"Compose finds text after the quotes of {written}")
            if quote == '"' and ("$" in value or "\\" in value):
                raise ValueError(f"Compose would expand the $ or \\ in {written}")
            return value
        if character == "\\" and not escaped:
            escaped = True
            continue
        value += "\\" + character if escaped and character != quote else character
        escaped = False
    raise ValueError(f"Compose finds no closing quote in {written}")


def read_sender(written: str) -> Address:
    """Return the name and email address of a mail's sender, as mail programs read them."""
    message = message_from_string(f"From: {written}\n\n", policy=mail_policy)
    (sender,) = message["From"].addresses
    return sender


def read_heading(portal: Path, preset: str = "commonmark") -> str:
    """Return the heading of README.md as readers see it."""
    tokens = MarkdownIt(preset, {"linkify": False}).parse((portal / "README.md").read_text(encoding="utf-8"))
    opening = next(index for index, token in enumerate(tokens) if token.type == "heading_open")
    pieces = tokens[opening + 1].children or []
    assert tokens[opening].tag == "h1"
    assert {piece.type for piece in pieces} <= {"text", "text_special"}, "the name became markup"
    return "".join(piece.content for piece in pieces)


def ascii_email(email: str) -> str:
    """Return the email address with its domain in ASCII, as mail servers write it."""
    local_part, _, host = email.rpartition("@")
    return f"{local_part}@{idna.encode(host, uts46=True).decode()}"
