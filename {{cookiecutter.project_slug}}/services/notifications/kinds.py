"""The kinds of notifications that the installed services and apps declare in their manifests."""

from core.plugins.manifest import NotificationKind
from core.plugins.registry import installed_plugins


def declared_kinds() -> dict[str, NotificationKind]:
    """Return name → kind, such as `polls.closed`, sorted by name."""
    return {
        f"{app}.{name}": kind
        for app, plugin in sorted(installed_plugins().items())
        for name, kind in sorted(plugin.manifest.notifications.items())
    }


def find_kind(app: str, name: str) -> NotificationKind | None:
    """Return the kind, or None if the app is not installed or no longer declares it."""
    plugin = installed_plugins().get(app)
    return plugin.manifest.notifications.get(name) if plugin else None


def get_kind(name: str) -> tuple[str, str, NotificationKind]:
    """Return the app, the kind's own name and the kind. Raises ValueError for a kind that no manifest declares."""
    app, _, own_name = str(name).partition(".")
    if (kind := find_kind(app, own_name)) is None:
        allowed = ", ".join(declared_kinds()) or "none"
        raise ValueError(f"No manifest declares the kind of notification {name!r}. The declared ones: {allowed}.")
    return app, own_name, kind
