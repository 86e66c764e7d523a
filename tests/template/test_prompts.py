"""The prompts of the contract, each with a default that works after any other answers."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import idna
import pytest
from cookiecutter.environment import StrictEnvironment
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.template.reading import read_portal

PROMPTS = [
    "project_name",
    "project_slug",
    "description",
    "institute_name",
    "institute_url",
    "maintainers_name",
    "maintainers_email",
    "internet_domain",
    "intranet_domain",
    "intranet_networks",
    "tls",
    "language_code",
    "time_zone",
    "example_app",
]

# Names without control characters and template marks, which are refused.
NAMES = st.text(st.characters(exclude_categories=["C", "Zl", "Zp"], exclude_characters="{"), min_size=1, max_size=200)

# Letters of scripts that domains are written in.
LETTERS = st.one_of(
    st.sampled_from("abcxyzABC019-ßéÉüΣσς"),
    *(
        st.characters(min_codepoint=first, max_codepoint=last, categories=["L", "M", "Nd"])
        for first, last in [
            (0x00C0, 0x024F),  # Latin
            (0x0400, 0x045F),  # Cyrillic
            (0x05D0, 0x05EA),  # Hebrew
            (0x0620, 0x064A),  # Arabic
            (0x0904, 0x094D),  # Devanagari
            (0x0B85, 0x0BCD),  # Tamil
            (0x0E01, 0x0E2E),  # Thai
            (0x3041, 0x30FA),  # Kana
            (0x4E00, 0x9FA5),  # Han
            (0xAC00, 0xD7A3),  # Hangul
        ]
    ),
)


@pytest.fixture(scope="module")
def cookiecutter_json(template: Path) -> dict[str, Any]:
    return json.loads((template / "cookiecutter.json").read_text())


def test_the_prompts_are_those_of_the_contract_in_order(cookiecutter_json: dict[str, Any]) -> None:
    assert [key for key in cookiecutter_json if not key.startswith("_")] == PROMPTS


def test_every_prompt_is_a_human_question(cookiecutter_json: dict[str, Any]) -> None:
    questions = cookiecutter_json["__prompts__"]
    assert list(questions) == PROMPTS
    assert set(questions["tls"]) == {"__prompt__", *cookiecutter_json["tls"]}
    for question in questions.values():
        text = question["__prompt__"] if isinstance(question, dict) else question
        assert " " in text
        assert "[" not in text, "rich takes brackets for a style"


def test_the_questions_are_asked(
    cookiecutter_command: Callable[..., subprocess.CompletedProcess[str]],
    tmp_path: Path,
    cookiecutter_json: dict[str, Any],
) -> None:
    typed = ["Campus", "", "", "", "", "", "", "", "", "", "3", "hi", "Asia/Kolkata", "no"]
    done = cookiecutter_command(typed="\n".join(typed) + "\n")
    assert done.returncode == 0, done.stderr
    asked = " ".join(done.stdout.split())
    for question in cookiecutter_json["__prompts__"].values():
        assert (question["__prompt__"] if isinstance(question, dict) else question) in asked
    portal = tmp_path / "campus"
    answers = read_portal(portal)
    assert answers["name"] == "Campus"
    assert (answers["tls"], answers["language"], answers["time_zone"]) == ("none", "hi", "Asia/Kolkata")
    assert not (portal / "apps" / "polls").exists()


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Omniport", "omniport"),
        ("My  Great_Portal!", "my-great-portal"),
        ("A", "a"),
        ("IIT Roorkee's <b>Portal</b>", "iit-roorkee-s-b-portal-b"),
        ("Ünïversität", "universitat"),
        ("日本語", "ri-ben-yu"),
        ("!!!", "portal"),
        ("🙂", "portal"),
        ("   ", "portal"),
        ("123", "portal-123"),
        ("1", "portal-1"),
        ("2nd Portal", "portal-2nd-portal"),
        ("json", "portal-json"),
        ("JSON", "portal-json"),
        ("Django", "portal-django"),
        ("class", "portal-class"),
        ("None", "portal-none"),
        ("Channels Redis", "portal-channels-redis"),
        ("REST framework", "portal-rest-framework"),
        ("apps", "portal-apps"),
        ("node_modules", "portal-node-modules"),
        ("portal", "portal"),
        ("x" * 60, "x" * 40),
        ("x" * 39 + " y", "x" * 39),
        ("1" * 60, "portal-" + "1" * 33),
        ("1" + "x" * 31 + " " + "y" * 20, "portal-1" + "x" * 31),
    ],
)
def test_the_slug_is_made_from_the_name(default_answers: Callable[..., dict[str, Any]], name: str, slug: str) -> None:
    assert default_answers(project_name=name)["project_slug"] == slug


@settings(max_examples=200, deadline=None)
@given(name=NAMES)
def test_the_defaults_are_good_with_any_name(
    default_answers: Callable[..., dict[str, Any]], checks: ModuleType, name: str
) -> None:
    checks.ANSWERS = default_answers(project_name=name)
    assert [problem for problem in checks.find_problems() if problem[:2] != ("project_name", name)] == []


def test_no_reserved_name_is_a_default(checks: ModuleType, cookiecutter_json: dict[str, Any]) -> None:
    slug_default = StrictEnvironment().from_string(cookiecutter_json["project_slug"])
    for lines in cookiecutter_json["_reserved_names"].values():
        for name in " ".join(lines).split():
            slug = slug_default.render(cookiecutter=cookiecutter_json | {"project_name": name})
            assert slug == f"portal-{name}"[:40]
            checks.check_slug(slug)


@settings(max_examples=500, deadline=None)
@given(label=st.text(LETTERS, min_size=1, max_size=12))
def test_the_hook_and_the_portal_convert_a_domain_alike(checks: ModuleType, label: str) -> None:
    """The portal converts the answer again, by its own call of idna."""
    try:
        made = checks.check_domain(f"{label}.example")
    except ValueError:
        return
    assert made == idna.encode(f"{label}.example", uts46=True).decode()
