"""The examples of the documentation are pages that an extender can copy."""

import re

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
