"""The Django app of core: it has the commands and templates, and imports the signals of every plugin."""

from importlib import import_module

from django.apps import AppConfig
from django.conf import settings


class CoreConfig(AppConfig):
    name = "core"
    label = "core"

    def ready(self) -> None:
        from core.api import schema  # noqa: F401 - registers the session scheme with drf-spectacular
        from core.plugins import checks  # noqa: F401 - registers the system checks

        for plugin in settings.PLUGINS:
            if plugin.has("signals"):
                import_module(f"{plugin.module}.signals")
