"""A good but unusual answer is unchanged in every file that holds it."""

import re
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.template.answers import GOOD_ANSWERS, UNUSUAL_TEXTS
from tests.template.reading import (
    ascii_email,
    compose_value,
    read_as_compose,
    read_environment,
    read_heading,
    read_portal,
    read_sender,
)


@pytest.fixture(params=UNUSUAL_TEXTS.values(), ids=UNUSUAL_TEXTS.keys())
def text(request: pytest.FixtureRequest) -> str:
    return request.param


def test_an_unusual_text_is_unchanged_in_every_file(generate: Callable[..., Path], text: str) -> None:
    portal = generate(
        project_name=text,
        project_slug="unusual",
        description=text,
        institute_name=text,
        maintainers_name=text,
        maintainers_email="o'neill+portal@example.edu",
    )

    settings = read_portal(portal)
    assert settings["name"] == text
    assert settings["description"] == text
    assert settings["institute"]["name"] == text
    assert settings["maintainers"] == {"name": text, "email": "o'neill+portal@example.edu"}

    mail_from = read_environment(portal)["MAIL_FROM"]
    assert mail_from == read_environment(portal, interpolate=False)["MAIL_FROM"]
    assert mail_from == read_as_compose(portal)["MAIL_FROM"]
    assert read_sender(mail_from).display_name == text
    assert read_sender(mail_from).addr_spec == "o'neill+portal@example.edu"

    for preset in ("commonmark", "gfm-like"):
        assert read_heading(portal, preset).split() == text.split()


@pytest.mark.parametrize(("prompt", "answer"), GOOD_ANSWERS, ids=lambda value: ascii(value)[:40])
def test_a_good_answer_is_in_the_portal(generate: Callable[..., Path], prompt: str, answer: str) -> None:
    portal = generate(**{prompt: answer})
    settings, environment = read_portal(portal), read_environment(portal)
    match prompt:
        case "project_slug":
            assert (portal.name, environment["COMPOSE_PROJECT_NAME"]) == (answer, answer)
            assert settings["sites"]["internet"]["domain"] == f"{answer}.localhost"
        case "institute_url":
            assert settings["institute"]["url"] == answer
        case "maintainers_email":
            assert settings["maintainers"]["email"] == answer
            assert read_sender(environment["MAIL_FROM"]).addr_spec == ascii_email(answer)
        case "internet_domain" | "intranet_domain":
            assert settings["sites"][prompt.removesuffix("_domain")]["domain"] == answer
        case "intranet_networks":
            assert settings["rings"] == {"campus": [network.strip() for network in answer.split(",")]}
        case "language_code":
            assert settings["language"] == answer
        case "time_zone":
            assert settings["time_zone"] == answer
        case _:
            raise AssertionError(prompt)


def test_an_ordinary_name_stays_readable_in_the_environment(generate: Callable[..., Path]) -> None:
    for name, line in {
        "Portal maintainers": "MAIL_FROM='Portal maintainers <m@example.edu>'",
        "Institut für Physik": "MAIL_FROM='Institut für Physik <m@example.edu>'",
        "O'Neill": 'MAIL_FROM="O\'Neill <m@example.edu>"',
        "Physics, Dept. of": "MAIL_FROM='\"Physics, Dept. of\" <m@example.edu>'",
    }.items():
        portal = generate(maintainers_name=name, maintainers_email="m@example.edu")
        assert line in (portal / ".env").read_text(encoding="utf-8").splitlines()


def test_the_reader_for_compose_refuses_what_compose_would_expand() -> None:
    """Other tests rely on this reader to find values that Compose and python-dotenv read differently."""
    assert compose_value("plain # comment") == "plain"
    assert compose_value("'$HOME \\n'") == "$HOME \\n"
    assert compose_value('"a \\"b\\""') == 'a "b"'
    for written in ('"$HOME"', "$HOME", '"a\\nb"', "'open", "'a' b"):
        with pytest.raises(ValueError, match="Compose"):
            compose_value(written)


def test_secrets_are_long_different_and_new_each_time(generate: Callable[..., Path]) -> None:
    first, second = read_environment(generate()), read_environment(generate())
    names = [name for name in first if name in {"SECRET_KEY", "ENCRYPTION_KEYS"} or name.endswith("_PASSWORD")]
    assert len(names) == 12
    values = [portal[name] for portal in (first, second) for name in names]
    assert len(set(values)) == 24
    for value in values:
        assert re.fullmatch(r"[A-Za-z0-9_-]{50,}", value)


def test_only_the_owner_can_read_the_environment_file(generate: Callable[..., Path]) -> None:
    assert stat.S_IMODE((generate() / ".env").stat().st_mode) == 0o600


def test_the_environment_file_follows_the_example(generate: Callable[..., Path]) -> None:
    portal = generate()
    example = (portal / ".env.example").read_text().splitlines()
    written = (portal / ".env").read_text().splitlines()
    assert len(example) == len(written)
    for template_line, line in zip(example, written, strict=True):
        assert line == template_line or (template_line.endswith("=") and line.startswith(template_line))
    empty = [line for line in written if line.endswith("=") and not line.startswith("#")]
    assert empty == [
        "RELEASE=",
        "MAIL_URL=",
        "BACKUP_BUCKET_ACCESS_KEY=",
        "BACKUP_BUCKET_SECRET_KEY=",
        "FILES_SECRET=",
        "INSTITUTE_SIGN_IN_SECRET=",
    ]


def test_an_existing_environment_file_is_kept(
    cookiecutter_command: Callable[..., subprocess.CompletedProcess[str]], tmp_path: Path
) -> None:
    environment = tmp_path / "omniport" / ".env"
    environment.parent.mkdir()
    environment.write_text("SECRET_KEY=mine\n")
    done = cookiecutter_command("--no-input", "--overwrite-if-exists")
    assert done.returncode == 0, done.stderr
    assert environment.read_text() == "SECRET_KEY=mine\n"
    assert (tmp_path / "omniport" / "portal.yaml").exists()
