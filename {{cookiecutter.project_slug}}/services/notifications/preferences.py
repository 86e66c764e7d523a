"""What people choose: which kinds of notifications are in their inbox, and which they get by mail."""

from typing import Any

from django.utils.translation import gettext as _

from core.access.visitor import Visitor
from core.people.models import Person
from core.plugins.manifest import NotificationKind
from core.plugins.registry import installed_plugins
from core.plugins.text_templates import fill, parameter_names

from .kinds import declared_kinds, get_kind
from .models import Channel, Preference


class CannotTurnOff(ValueError):
    """The kind is mandatory, or has no such channel."""


def kind_title(name: str) -> str:
    """Return the title of a kind for people who choose, such as `The poll has closed: …`."""
    _, _, kind = get_kind(name)
    return fill(kind.title, dict.fromkeys(parameter_names(kind.title), "…"))


def preferences_of(person: Person, visitor: Visitor) -> list[dict[str, Any]]:
    """Return the kinds of the apps that are for the person's roles, and for each channel whether it is on.

    A channel that the kind does not have is None. One query.
    """
    turned_off = set(Preference.objects.filter(person=person).values_list("app", "kind", "channel"))
    return [
        serialize(name, kind, turned_off)
        for name, kind in declared_kinds().items()
        if is_for(installed_plugins()[name.partition(".")[0]].manifest.audience.roles, visitor)
    ]


def is_for(roles: list[str], visitor: Visitor) -> bool:
    return not roles or not visitor.roles.isdisjoint(roles)


def serialize(name: str, kind: NotificationKind, turned_off: set[tuple[str, str, str]]) -> dict[str, Any]:
    app, _, own_name = name.partition(".")
    return {
        "kind": name,
        "app": app,
        "app_title": installed_plugins()[app].title,
        "title": kind_title(name),
        "channels": {
            channel.value: {
                "on": not (kind.optional and (app, own_name, channel.value) in turned_off),
                "can_change": kind.optional,
            }
            if channel.value in kind.channels
            else None
            for channel in Channel
        },
    }


def preference_set(*, person: Person, name: str, channel: Channel, on: bool) -> None:
    """Turn a kind on or off for a channel. Raises ValueError for an unknown kind, and CannotTurnOff."""
    app, own_name, kind = get_kind(name)
    if channel.value not in kind.channels:
        raise CannotTurnOff(_("%(kind)s is not sent %(channel)s.") % {"kind": name, "channel": channel.label})
    if not kind.optional:
        raise CannotTurnOff(_("%(kind)s cannot be turned off.") % {"kind": name})
    row: dict[str, Any] = {"person": person, "app": app, "kind": own_name, "channel": channel}
    if on:
        Preference.objects.filter(**row).delete()
    else:
        Preference.objects.get_or_create(**row)
