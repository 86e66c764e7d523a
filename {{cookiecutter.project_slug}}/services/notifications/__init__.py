"""Notifications. Every app sends them with one call: `from services.notifications import notify`.

https://docs.python.org/3/reference/datamodel.html#customizing-module-attribute-access: Django imports this package
before it has loaded the models, so `notify` is imported when it is first used.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .sending import notify

__all__ = ["notify"]


def __getattr__(name: str) -> Any:
    if name == "notify":
        from .sending import notify

        return notify
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
