"""The examples of the documentation are pages that an extender can copy."""

import re
from textwrap import dedent

import pytest

from tests.support.installation import Installation

EXAMPLES = "docs/reference/frontend-examples.md"
CODE = re.compile(r"^```jsx\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.long
def test_an_example_passes_the_lint_as_the_page_of_an_app(copy: Installation) -> None:
    examples = CODE.findall((copy.folder / EXAMPLES).read_text(encoding="utf-8"))
    assert examples
    for number, example in enumerate(examples):
        page = copy.folder / "apps" / f"example_{number}" / "frontend" / "index.jsx"
        page.parent.mkdir(parents=True)
        page.write_text(example, encoding="utf-8")
    copy.npm("run", "lint", seconds=600)


FILE = re.compile(r"^( *)```python\n *# (apps/\S+)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


def write_app(copy: Installation, page: str, name: str) -> None:
    """Make the app that a page of the documentation shows, from the files in it."""
    text = (copy.folder / "docs" / "how-to" / page).read_text(encoding="utf-8")
    files = {path: dedent(code) for _, path, code in FILE.findall(text)}
    assert files
    for path, code in {f"apps/{name}/manifest.yaml": f"title: {name.title()}\n", **files}.items():
        file = copy.folder / path
        assert file.is_relative_to(copy.folder / "apps" / name)
        file.parent.mkdir(parents=True, exist_ok=True)
        (file.parent / "__init__.py").touch()
        file.write_text(code, encoding="utf-8")


def passed_tests(copy: Installation, name: str) -> str:
    """Run the tests of an app, and return pytest's last line."""
    return copy.run("python", "-m", "pytest", "-q", f"apps/{name}").stdout.strip().splitlines()[-1]


def test_the_app_that_calls_another_system_works(copy_of_sources: Installation) -> None:
    write_app(copy_of_sources, "call-another-system.md", "weather")
    assert passed_tests(copy_of_sources, "weather").startswith("1 passed")


def test_two_apps_cooperate_and_either_can_be_missing(copy_of_sources: Installation) -> None:
    copy = copy_of_sources
    write_app(copy, "let-apps-cooperate.md", "diary")
    assert passed_tests(copy, "diary").startswith("1 passed, 1 skipped")
    copy.manage("createapp", "library")
    assert passed_tests(copy, "diary").startswith("1 passed, 1 skipped")
    assert "W004" not in copy.manage("check").stderr, "an app imports from the other one"
