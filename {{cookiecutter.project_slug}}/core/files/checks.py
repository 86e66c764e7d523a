"""System checks of fields for files, for mistakes that publish them or leave them without a URL.

https://docs.djangoproject.com/en/stable/topics/checks/
"""

from collections.abc import Iterator, Sequence
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning
from django.db.models import FileField, Model
from django.urls import NoReverseMatch, reverse

from core.configuration.portal import SITES
from core.plugins.discovery import Plugin
from core.plugins.manifest import Audience
from core.plugins.registry import without_urls
from core.plugins.uploads import LARGEST_BODY_MEGABYTES

from .fields import ProtectedFileField
from .storage import PublishesNothing


@register(Tags.files)
def check_file_fields(app_configs: Sequence[AppConfig] | None, **more: Any) -> list[CheckMessage]:
    """Report fields whose files everyone may read, or that have no view or no room for uploads."""
    plugins = {plugin.module: plugin for plugin in settings.PLUGINS}
    return [
        message
        for config in app_configs or apps.get_app_configs()
        if config.name in plugins
        for model in config.get_models()
        for field in model._meta.local_fields
        if isinstance(field, FileField)
        for message in problems_of(plugins[config.name], model, field)
    ]


def problems_of(plugin: Plugin, model: type[Model], field: Any) -> Iterator[CheckMessage]:
    where = f"{model._meta.label}.{field.name}"
    if isinstance(field, ProtectedFileField):
        yield from problems_of_protected(plugin, where, field)
    elif isinstance(field.storage, PublishesNothing):
        yield Error(
            f"{where} is a FileField on the default storage, which publishes nothing: its files have no URL.",
            hint="Use ProtectedFileField of core.files.fields, or storage=public_storage for what everyone may read.",
            obj=field,
            id="files.E001",
        )
    elif is_restricted(plugin.manifest.audience):
        yield CheckWarning(
            f"{where} is public: everyone can read its files at {settings.MEDIA_URL}, and not only the audience of "
            f"{plugin.name}.",
            hint="Use ProtectedFileField or ProtectedImageField of core.files.fields.",
            obj=field,
            id="files.W002",
        )


def problems_of_protected(plugin: Plugin, where: str, field: ProtectedFileField) -> Iterator[CheckMessage]:
    if not has_route(field) and plugin.name not in without_urls:
        size = "<str:size>/" if field.size_names != ("",) else ""
        yield Error(
            f"{where} has no view: there is no URL named {field.route_name}.",
            hint=f'Add path("<int:pk>/{field.name}/{size}", ..., name="{field.route_name.partition(":")[2]}") to the '
            "urls.py of the app: docs/how-to/store-files.md.",
            obj=field,
            id="files.E003",
        )
    most = max([*plugin.manifest.uploads.values(), LARGEST_BODY_MEGABYTES])
    if field.max_megabytes >= most:
        yield CheckWarning(
            f"{where} takes files of {field.max_megabytes} MB, and no path of {plugin.name} takes such a body.",
            hint=f"Under uploads in the manifest.yaml of the app, declare {field.max_megabytes + 1} for the path.",
            obj=field,
            id="files.W004",
        )


def is_restricted(audience: Audience) -> bool:
    return bool(audience.requires_sign_in or audience.rings or set(audience.sites) != set(SITES))


def has_route(field: ProtectedFileField) -> bool:
    for arguments in ([1], ["00000000-0000-0000-0000-000000000000"], ["a"]):
        try:
            reverse(field.route_name, args=[*arguments, *filter(None, field.size_names[-1:])])
        except NoReverseMatch:
            continue
        return True
    return False
