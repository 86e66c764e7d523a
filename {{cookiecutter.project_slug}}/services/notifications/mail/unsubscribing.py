"""Unsubscribing with one click, without signing in: https://www.rfc-editor.org/rfc/rfc8058.

The link has a signed token, which names the person and the kinds. It is signed with the keys of mail: the worker, which
composes mails, has no SECRET_KEY. A token can do nothing but turn mail of optional kinds off, so it does not expire.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.signing import BadSignature, Signer

from core.configuration.prefixes import API
from core.people.models import Person

from ..kinds import declared_kinds
from ..models import Channel, Preference

PATH = API + "portal/unsubscribe/{token}/"
ALL = "*"  # all optional kinds, for a mail about more of them than a header has room for
MOST_NAMED = 5
MAX_TOKEN = 600  # characters


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a token turns off: these kinds, which the manifests declare as optional, for this person."""

    person_id: int
    kinds: list[str]


def optional_kinds(kinds: Iterable[str]) -> list[str]:
    """Return those of these kinds that are mailed, and that people may turn off."""
    declared = declared_kinds()
    found = {name: declared[name] for name in kinds if name in declared}
    return sorted(name for name, kind in found.items() if kind.optional and "mail" in kind.channels)


def make_token(person_id: int, kinds: Sequence[str]) -> str:
    """Return the token that turns mail of these kinds off."""
    named = "~".join(kinds) if len(kinds) <= MOST_NAMED else ALL
    return signer().sign(f"{person_id}:{named}")


def read_token(token: str) -> Subscription | None:
    """Return what a token turns off; None for a token that the portal has not made, or of which nothing is left."""
    try:
        person_id, _, named = signer().unsign(token[:MAX_TOKEN]).partition(":")
    except BadSignature:
        return None
    names = declared_kinds() if named == ALL else named.split("~")
    kinds = optional_kinds(names)
    return Subscription(int(person_id), kinds) if kinds else None


def unsubscribe(subscription: Subscription) -> None:
    """Turn mail of the kinds off. A second call changes nothing, nor does one for a person who was deleted."""
    if not Person.objects.filter(pk=subscription.person_id).exists():
        return
    kinds = (name.partition(".") for name in subscription.kinds)
    Preference.objects.bulk_create(
        [
            Preference(person_id=subscription.person_id, app=app, kind=kind, channel=Channel.MAIL)
            for app, _, kind in kinds
        ],
        ignore_conflicts=True,
    )


def signer() -> Signer:
    keys: Any = settings.MAIL_KEYS
    return Signer(key=keys[0], fallback_keys=keys[1:], salt="notifications.unsubscribe")
