"""System checks of services and apps, for mistakes that Django itself does not report.

https://docs.djangoproject.com/en/stable/topics/checks/
"""

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import Error, register
from django.db.migrations.loader import MigrationLoader

from .icons import icon_problem, lucide_paths

TAG = "plugins"


@register(TAG)
def check_migrations(app_configs: Sequence[AppConfig] | None, **more: Any) -> list[Error]:
    """Report each service or app that has models but no migrations: Django never creates their tables."""
    modules = {plugin.module for plugin in settings.PLUGINS}
    errors = []
    for config in app_configs or apps.get_app_configs():
        names = [model.__name__ for model in config.get_models() if has_own_table(model)]
        if config.name not in modules or not names or has_migrations(config.label):
            continue
        folder = config.name.replace(".", "/")
        errors.append(
            Error(
                f"{folder} has models ({', '.join(names)}) and no migrations package, so their tables are not created.",
                hint=f"Run: make migrations app={config.label}. It also creates {folder}/migrations/__init__.py: "
                "Django ignores a migrations folder without that file.",
                obj=config.label,
                id="plugins.E001",
            )
        )
    return errors


@register(TAG)
def check_icons(app_configs: Sequence[AppConfig] | None, **more: Any) -> list[Error]:
    """Report each icon of a manifest that Lucide does not have, and each file that is no icon."""
    labels = None if app_configs is None else {config.label for config in app_configs}
    lucide = lucide_paths()
    return [
        Error(str(problem), obj=plugin.name, id="plugins.E003")
        for plugin in settings.PLUGINS
        if (labels is None or plugin.name in labels) and (problem := icon_problem(plugin, lucide))
    ]


def has_own_table(model: Any) -> bool:
    options = model._meta
    return bool(options.managed) and not options.proxy and not options.swapped


def has_migrations(label: str) -> bool:
    """Return whether the app has a migrations package: a folder with an `__init__.py`."""
    module, _ = MigrationLoader.migrations_module(label)
    spec = find_spec(module) if module else None
    return spec is not None and spec.origin is not None
