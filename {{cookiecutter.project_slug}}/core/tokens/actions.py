"""Make, use and revoke API tokens. services/accounts has the page, the audit entries and the mails."""

import hashlib
import re
import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from core.people.models import Person

from .models import ApiToken
from .selectors import working_tokens

PREFIX = "portal_"  # by which people and scanners recognize a token
RANDOM_BYTES = 32
TEXT = re.compile(rf"{PREFIX}[A-Za-z0-9_-]{{43}}")
START_LENGTH = len(PREFIX) + 6

MOST_TOKENS = 20  # of one person
MOST_DAYS = 366
USE_SECONDS = 60  # the time of the last use is written at most so often


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@transaction.atomic
def token_create(*, person: Person, name: str, scopes: Iterable[str], days: int) -> tuple[ApiToken, str]:
    """Make a token of full names of scopes, and return it with its text, which nobody can read again.

    Tokens of the person that have expired, or that a new password has ended, are deleted. Raises ValidationError when
    the person has MOST_TOKENS others.
    """
    if not 1 <= days <= MOST_DAYS:
        raise ValueError(f"a token works for 1 to {MOST_DAYS} days, not {days}")
    Person.objects.select_for_update().get(pk=person.pk)  # two at once must not both be the last one
    working = working_tokens(person)
    ApiToken.objects.filter(person=person).exclude(pk__in=working.values("pk")).delete()
    if working.count() >= MOST_TOKENS:
        raise ValidationError(
            _("You have %(number)d API tokens. Revoke one that you do not use any more."),
            code="too_many_tokens",
            params={"number": MOST_TOKENS},
        )
    text = PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
    now = timezone.now()
    token = ApiToken.objects.create(
        person=person,
        name=name,
        digest=digest_of(text),
        start=text[:START_LENGTH],
        auth_hash=person.get_session_auth_hash(),
        scopes=sorted(set(scopes)),
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    return token, text


def token_use(text: str) -> ApiToken | None:
    """Return the token with this text, with its person; None if it does not work.

    One query, and one more in a minute, for the time of the last use.
    """
    if not TEXT.fullmatch(text):
        return None
    token = ApiToken.objects.select_related("person").filter(digest=digest_of(text)).first()
    now = timezone.now()
    if (
        token is None
        or token.expires_at <= now
        or not token.person.is_active
        or not secrets.compare_digest(token.auth_hash, token.person.get_session_auth_hash())
    ):
        return None
    before = now - timedelta(seconds=USE_SECONDS)
    if token.last_used_at is None or token.last_used_at <= before:
        unwritten = Q(last_used_at__isnull=True) | Q(last_used_at__lte=before)
        ApiToken.objects.filter(unwritten, pk=token.pk).update(last_used_at=now)
    return token


def tokens_revoke(person: Person) -> None:
    """Delete all tokens of a person. The caller records it."""
    ApiToken.objects.filter(person=person).delete()
