"""The framework as a Django app: it brings the commands, and hears every citizen's signals."""

from importlib import import_module

from django.apps import AppConfig
from django.conf import settings


class CoreConfig(AppConfig):
    name = "core"
    label = "core"

    def ready(self) -> None:
        from core.api import schema  # noqa: F401 - registers the session scheme with drf-spectacular

        for citizen in settings.CONFIGURATION.citizens:
            if citizen.has("signals"):
                import_module(f"{citizen.module}.signals")
