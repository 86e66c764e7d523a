"""Checks and commands that keep a portal translated."""

import pytest

from tests.support.installation import Installation

PAGE = """export default function Library() {
  return (
    <main>
      <h1>Borrow a book</h1>
    </main>
  )
}
"""


@pytest.mark.long
def test_the_lint_of_pages_finds_a_bare_text_in_an_app(copy: Installation) -> None:
    page = copy.folder / "apps" / "library" / "frontend" / "index.jsx"
    page.parent.mkdir(parents=True)
    page.write_text(PAGE)
    done = copy.run(
        "node", "node_modules/.bin/eslint", "--config", "frontend/eslint.config.mjs", "apps/library", check=False
    )
    assert done.returncode == 1, done.stderr
    assert "4:11" in done.stdout
    assert "docs/how-to/translate.md" in done.stdout
    assert done.stdout.count("error") == 2  # the finding and the number of findings
