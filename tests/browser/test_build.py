"""The build finds whatever apps there are, and refuses what would make the portal slow."""

import shutil

import pytest


def test_a_portal_without_any_app_builds(bare):
    installation = bare()
    for page in installation.folder.glob("apps/*/frontend"):
        shutil.rmtree(page)
    installation.make("frontend/build")
    build = installation.folder / "frontend" / "build"
    assert not list(build.glob("app-*"))
    for written in ("index.html", "shell.*.js", "vendor.*.js", "runtime.*.js", "shell.*.css"):
        (file,) = build.glob(written)
        assert file.with_name(f"{file.name}.gz").is_file()
        assert file.with_name(f"{file.name}.br").is_file()
    page = (build / "index.html").read_text()
    assert '<html lang="en" data-scheme="">' in page
    assert "<style" not in page  # neither styles nor scripts in the page itself: the policy allows none
    assert page.count("<script") == page.count("<script defer src=")


def test_a_page_beyond_its_budget_is_refused(bare):
    installation = bare()
    page = installation.folder / "apps" / "heavy" / "frontend" / "index.jsx"
    page.parent.mkdir(parents=True)
    words = " ".join(str(7919 * number * number) for number in range(20_000))  # gzip cannot make much of it
    page.write_text(f"export default () => '{words}'\n")
    with pytest.raises(AssertionError, match=r"the page app-heavy-(.|\n)*found(.|\n)*allowed  40\.0 kB"):
        installation.make("frontend/build")
