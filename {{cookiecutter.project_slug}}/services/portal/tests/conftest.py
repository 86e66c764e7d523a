"""What the tests of the shell's API share."""

import sys
from dataclasses import replace
from types import SimpleNamespace

import pytest

from core.hooks import running
from core.plugins.manifest import Audience, Manifest
from core.plugins.registry import installed_plugins


@pytest.fixture
def install_app(monkeypatch, tmp_path):
    """Install an app: `install_app("tea", title="Tea rota", roles=["staff"])`. With `page=False`, it has no page.

    `attention` and `search` are the functions of the files of these names.
    """

    def install(
        name, *, title="", page=True, icon="apps", category="", actions=(), attention=None, search=None, **audience
    ):
        folder = tmp_path / name
        (folder / "frontend").mkdir(parents=True)
        if page:
            (folder / "frontend" / "index.jsx").touch()
        for hook, function in (("attention", attention), ("search", search)):
            if function:
                (folder / f"{hook}.py").touch()
                monkeypatch.setitem(sys.modules, f"apps.{name}.{hook}", SimpleNamespace(**{hook: function}))
        manifest = Manifest(
            title=title or name,
            description=f"About {name}.",
            icon=icon,
            category=category,
            actions=list(actions),
            audience=Audience(**audience),
        )
        plugin = replace(installed_plugins()["portal"], name=name, layer="apps", directory=folder, manifest=manifest)
        monkeypatch.setitem(installed_plugins(), name, plugin)

    return install


@pytest.fixture
def only_apps_of_the_test(monkeypatch, tmp_path):
    """Remove the hooks of the installed services and apps."""
    all_plugins = running.plugins_with

    def plugins_with(hook, visitor, app):
        return [plugin for plugin in all_plugins(hook, visitor, app) if plugin.directory.parent == tmp_path]

    monkeypatch.setattr(running, "plugins_with", plugins_with)


@pytest.fixture
def logged(caplog):
    """Return a function that returns the last log line of an event: `logged("hook_failed")["app"]`."""

    def find(event):
        lines = [record.msg for record in caplog.records if isinstance(record.msg, dict)]
        return next(line for line in reversed(lines) if line["event"] == event)

    return find
