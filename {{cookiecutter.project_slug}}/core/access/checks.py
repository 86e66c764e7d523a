"""System check of the functions that decide about topics, in `sockets.py`."""

import inspect
from collections.abc import Iterator, Sequence
from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import Error, register

from core.plugins.checks import TAG


@register(TAG)
def check_sockets(app_configs: Sequence[AppConfig] | None, **more: Any) -> list[Error]:
    """Report each `sockets.py` from which nobody can subscribe to a topic or open a socket."""
    labels = None if app_configs is None else {config.label for config in app_configs}
    return [
        Error(
            f"{plugin.layer}/{plugin.name}/sockets.py: {problem}, so nobody can subscribe to a topic of the app.",
            hint="Write def authorize(topic: str, visitor: Visitor) -> bool. docs/how-to/publish-updates.md shows one.",
            obj=plugin.name,
            id="plugins.E004",
        )
        for plugin in settings.PLUGINS
        if (labels is None or plugin.name in labels) and plugin.has("sockets")
        for problem in problems_of(import_module(f"{plugin.module}.sockets"))
    ]


def problems_of(module: Any) -> Iterator[str]:
    authorize = getattr(module, "authorize", None)
    if authorize is None:
        if not hasattr(module, "websocket_urlpatterns"):
            yield "it has no function authorize(topic, visitor)"
    else:
        try:
            inspect.signature(authorize).bind("topic", "visitor")
        except TypeError:
            yield "its function authorize does not take (topic, visitor)"
