"""Every pair of values of any two prompts gives a correct portal."""

import filecmp
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import pytest

from tests.template.answers import UNUSUAL_TEXTS
from tests.template.pairs import all_pairs
from tests.template.reading import (
    ascii_email,
    read_as_compose,
    read_environment,
    read_heading,
    read_portal,
    read_sender,
)

UNUSUAL = UNUSUAL_TEXTS["everything"]

VALUES: dict[str, list[object]] = {
    "project_name": ["Omniport", UNUSUAL, "日本語", "x" * 200],
    "project_slug": [None, "a", "x" * 40],
    "description": [None, "", UNUSUAL, "- a list"],
    "institute_name": [None, UNUSUAL],
    "institute_url": [None, "http://münchen.example:8080/über?a=b#c"],
    "maintainers_name": [None, UNUSUAL, "O'Neill"],
    "maintainers_email": [None, "o'neill@bücher.example"],
    "internet_domain": [None, "portal.bücher.example", "portal"],
    "intranet_domain": [None, "intranet.portal.bücher.example"],
    "intranet_networks": [None, "2001:db8::/32 , 192.0.2.1/32"],
    "tls": ["self-signed", "own-certificate", "none"],
    "language_code": [None, "zh-hans"],
    "time_zone": [None, "America/Argentina/Buenos_Aires"],
    "example_app": [True, False],
}

COMBINATIONS = all_pairs(VALUES)

RENDERED = {".env.example", "README.md", "portal.yaml"}


def identify(combination: dict[str, object]) -> str:
    """Return an id such as 00120…: for each prompt, the index of its value."""
    return "".join(str(values.index(combination[prompt])) for prompt, values in VALUES.items())


def test_every_pair_is_in_a_combination() -> None:
    for one, other in combinations(VALUES, 2):
        found = {(combination[one], combination[other]) for combination in COMBINATIONS}
        assert found == {(a, b) for a in VALUES[one] for b in VALUES[other]}
    assert len(COMBINATIONS) < 30


@pytest.mark.parametrize("combination", COMBINATIONS, ids=identify)
def test_a_combination_gives_a_correct_portal(
    generate: Callable[..., Path], template: Path, combination: dict[str, object]
) -> None:
    given = {prompt: answer for prompt, answer in combination.items() if answer is not None}
    portal = generate(**given)
    settings, environment = read_portal(portal), read_environment(portal)
    slug = portal.name

    assert slug == given.get("project_slug", slug)
    assert settings["name"] == given["project_name"]
    assert settings["description"] == given.get("description", settings["description"])
    assert settings["institute"]["name"] == given.get("institute_name", "Example Institute")
    assert settings["institute"]["url"] == given.get("institute_url", "https://www.example.edu")
    maintainers = given.get("maintainers_name", f"{str(given['project_name'])[:180]} maintainers")
    assert settings["maintainers"]["name"] == maintainers
    assert settings["maintainers"]["email"] == given.get("maintainers_email", "maintainers@example.edu")
    assert settings["sites"]["internet"]["domain"] == given.get("internet_domain", f"{slug}.localhost")
    assert settings["sites"]["intranet"] == {
        "domain": given.get("intranet_domain", f"intranet.{slug}.localhost"),
        "rings": ["campus"],
    }
    assert settings["tls"] == given["tls"]
    assert settings["language"] == given.get("language_code", "en")
    assert settings["languages"] == (["en", "hi"] if settings["language"] == "en" else [settings["language"]])
    assert settings["time_zone"] == given.get("time_zone", "UTC")
    if "intranet_networks" in given:
        assert settings["rings"] == {"campus": ["2001:db8::/32", "192.0.2.1/32"]}
    assert list(settings) == [
        "name",
        "description",
        "institute",
        "maintainers",
        "language",
        "languages",
        "time_zone",
        "branding",
        "sites",
        "tls",
        "rings",
        "roles",
        "sign_up",
    ]

    assert environment == read_as_compose(portal)
    assert environment["COMPOSE_PROJECT_NAME"] == slug
    sender = read_sender(environment["MAIL_FROM"])
    assert sender.display_name == maintainers
    assert sender.addr_spec == ascii_email(settings["maintainers"]["email"])
    assert read_heading(portal).split() == str(given["project_name"]).split()

    source = template / "{{cookiecutter.project_slug}}"
    expected = {path.relative_to(source) for path in source.rglob("*") if path.is_file()} | {Path(".env")}
    if not given["example_app"]:
        expected = {path for path in expected if path.parts[:2] != ("apps", "polls")}
        assert (portal / "apps" / "__init__.py").exists()
    made = {path.relative_to(portal) for path in portal.rglob("*") if path.is_file() and path.parent.name != "secrets"}
    assert made == expected
    for path in made - {Path(".env")} - {Path(name) for name in RENDERED}:
        assert filecmp.cmp(source / path, portal / path, shallow=False), f"{path} was rendered"
