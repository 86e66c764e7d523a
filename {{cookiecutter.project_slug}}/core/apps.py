"""The Django app of core: it has the commands and templates, and imports the signals of every plugin."""

from importlib import import_module

from django.apps import AppConfig, apps
from django.conf import settings
from django.utils.functional import lazy

from core.plugins.discovery import Plugin


class CoreConfig(AppConfig):
    name = "core"
    label = "core"

    def ready(self) -> None:
        from core.access import checks as access_checks  # noqa: F401 - registers a system check
        from core.api import schema  # noqa: F401 - registers the session scheme with drf-spectacular
        from core.files import checks as file_checks  # noqa: F401 - registers a system check
        from core.hooks import checks as hook_checks  # noqa: F401 - registers a system check
        from core.plugins import checks, private_imports  # noqa: F401 - registers the system checks

        for plugin in settings.PLUGINS:
            name_in_admin(plugin)
            if plugin.has("signals"):
                import_module(f"{plugin.module}.signals")


def name_in_admin(plugin: Plugin) -> None:
    """Let the admin show the title of the manifest, unless the app has a configuration with a name of its own."""
    config = apps.get_app_config(plugin.name)
    if "verbose_name" not in vars(type(config)):
        config.verbose_name = lazy(lambda: plugin.title, str)()
