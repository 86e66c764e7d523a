"""Apps of installed packages are found by their entry points, and their pages are copied for the frontend's build."""

import os
from importlib.metadata import distributions
from pathlib import Path

import pytest

from core.configuration import installed_apps as module
from core.configuration.installed_apps import InstalledApp, installed_apps
from core.configuration.problems import ConfigurationError
from core.plugins.discovery import discover
from core.plugins.page_files import copy_page_files

METADATA = "Metadata-Version: 2.1\nName: omniport-library\nVersion: 1.0\n"


@pytest.fixture
def package(tmp_path, monkeypatch):
    """The folder of an app in an installed package, the only one on this machine."""
    site = tmp_path / "site-packages"
    files = {
        "omniport_library-1.0.dist-info/METADATA": METADATA,
        "omniport_library-1.0.dist-info/entry_points.txt": "[omniport.apps]\nlibrary = apps.library\n",
        "apps/library/manifest.yaml": "title: Library\n",
        "apps/library/urls.py": "",
        "apps/library/package.json": "{}",
        "apps/library/locale/hi.po": "",
        "apps/library/locale/hi/LC_MESSAGES/django.po": "",
        "apps/library/frontend/index.jsx": "old",
        "apps/library/frontend/parts/shelf.js": "",
    }
    for name, text in files.items():
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        (site / name).write_text(text)

    (distribution,) = distributions(path=[str(site)])
    monkeypatch.setattr(module, "entry_points", lambda group: distribution.entry_points.select(group=group))
    return site / "apps" / "library"


def test_an_app_of_a_package_is_a_plugin_as_one_in_a_folder(package, tmp_path):
    (app,) = installed_apps()
    assert app == InstalledApp("library", "apps.library", "omniport-library", package)
    (plugin,) = discover(tmp_path / "portal", None, [app])
    assert (plugin.name, plugin.layer, plugin.module, plugin.title) == ("library", "apps", "apps.library", "Library")
    assert plugin.has("urls")
    assert not plugin.has("sockets")


def problem(tmp_path: Path, app: InstalledApp) -> str:
    with pytest.raises(ConfigurationError) as raised:
        discover(tmp_path, None, [app])
    (found,) = raised.value.problems
    return str(found)


def test_a_name_that_is_in_apps_too_is_refused(package, tmp_path):
    manifest = tmp_path / "apps" / "library" / "manifest.yaml"
    manifest.parent.mkdir(parents=True)
    manifest.write_text("title: Library\n")
    message = problem(tmp_path, installed_apps()[0])
    assert "omniport-library: apps/library" in message
    assert "the name of apps/library" in message
    assert "make uninstall app=library" in message


def test_a_package_that_contains_no_app_says_so(package, tmp_path):
    (package / "manifest.yaml").unlink()
    assert "no file apps/library/manifest.yaml" in problem(tmp_path, installed_apps()[0])
    other = InstalledApp("library", "omniport_library", "omniport-library", package)
    assert "found    omniport_library" in problem(tmp_path, other)


def test_only_the_pages_of_installed_apps_are_copied(package, tmp_path):
    pages = tmp_path / "pages"

    def copied() -> list[str]:
        return sorted(str(path.relative_to(pages)) for path in pages.rglob("*") if path.is_file())

    copy_page_files(installed_apps(), pages)
    shelf = "library/frontend/parts/shelf.js"
    assert copied() == ["library/frontend/index.jsx", shelf, "library/locale/hi.po", "library/package.json"]

    os.utime(pages / shelf, (0, 0))
    (package / "frontend/index.jsx").write_text("new")
    (package / "locale/hi.po").unlink()
    copy_page_files(installed_apps(), pages)
    assert copied() == ["library/frontend/index.jsx", shelf, "library/package.json"]
    assert (pages / "library/frontend/index.jsx").read_text() == "new"
    assert (pages / shelf).stat().st_mtime == 0  # what did not change is not built again

    copy_page_files([], pages)
    assert not pages.exists()
