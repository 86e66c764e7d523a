"""Reads the files of a portal that hold answers, each with a parser that is not ours."""

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
    """What portal.yaml says."""
    return yaml.safe_load((portal / "portal.yaml").read_text(encoding="utf-8"))


def read_environment(portal: Path, *, interpolate: bool = True) -> dict[str, str | None]:
    """What python-dotenv reads in .env; `interpolate`: as it does unless told otherwise."""
    return dotenv_values(portal / ".env", interpolate=interpolate, encoding="utf-8")


def read_as_compose(portal: Path) -> dict[str, str]:
    """What Docker Compose reads in .env, by the rules of its parser (compose-spec/compose-go, dotenv/parser.go).

    https://docs.docker.com/compose/how-tos/environment-variables/variable-interpolation/ describes them.
    Raises ValueError for what would be replaced or is not closed.
    """
    values = {}
    for line in (portal / ".env").read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            key, _, written = line.partition("=")
            values[key] = compose_value(written.lstrip())
    return values


def compose_value(written: str) -> str:
    quote = written[:1]
    if quote not in {"'", '"'}:
        value = written.split(" #")[0].rstrip()
        if "$" in value:
            raise ValueError(f"Compose would replace what follows $ in {written}")
        return value
    value, escaped = "", False
    for position, character in enumerate(written[1:], 1):
        if character == quote and not escaped:
            if written[position + 1 :].strip():
                raise ValueError(f"Compose finds something after the quotes of {written}")
            if quote == '"' and ("$" in value or "\\" in value):
                raise ValueError(f"Compose would replace what follows $ or \\ in {written}")
            return value
        if character == "\\" and not escaped:
            escaped = True
            continue
        value += "\\" + character if escaped and character != quote else character
        escaped = False
    raise ValueError(f"Compose finds no end of {written}")


def read_address(written: str) -> Address:
    """Who a mail is from, as mail programs read it."""
    message = message_from_string(f"From: {written}\n\n", policy=mail_policy)
    (address,) = message["From"].addresses
    return address


def read_heading(portal: Path, preset: str = "commonmark") -> str:
    """The text that people see as the heading of README.md."""
    tokens = MarkdownIt(preset, {"linkify": False}).parse((portal / "README.md").read_text(encoding="utf-8"))
    opening = next(index for index, token in enumerate(tokens) if token.type == "heading_open")
    pieces = tokens[opening + 1].children or []
    assert tokens[opening].tag == "h1"
    assert {piece.type for piece in pieces} <= {"text", "text_special"}, "the name became markup"
    return "".join(piece.content for piece in pieces)


def in_ascii(email: str) -> str:
    """The e-mail address as mail servers know it."""
    local_part, _, host = email.rpartition("@")
    return f"{local_part}@{idna.encode(host, uts46=True).decode()}"
