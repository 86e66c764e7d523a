"""Refresh tokens: each works once, and the use of an old one ends what was copied.

https://www.rfc-editor.org/rfc/rfc9700#section-4.14. A client may lose the answer to a request and repeat it, or send
two at once. So a repetition within GRACE is refused, and ends nothing.
"""

from datetime import timedelta

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Token
from django.db import transaction
from django.utils import timezone

from core.audit.events import Event
from core.audit.recording import record

from .connections import delete_tokens
from .models import UsedRefreshToken

GRACE = timedelta(seconds=10)


def lock_refresh_token(text: str, *, client_id: str) -> Token | None:
    """Return the refresh token of this client, locked until the transaction ends: of two requests, one comes second.

    None if there is none any more.
    """
    digest = get_adapter().hash_token(text)
    tokens = Token.objects.select_for_update(of=("self",)).valid()
    return tokens.filter(type=Token.Type.REFRESH_TOKEN, hash=digest, client_id=client_id).first()


def note_used(token: Token) -> None:
    """Keep the digest of a token that was replaced, for as long as it would have worked."""
    UsedRefreshToken.objects.create(
        digest=token.hash, client_id=token.client_id, person_id=token.user_id, expires_at=token.expires_at
    )


def end_copied(text: str, *, client_id: str) -> None:
    """End the person's tokens at this client if `text` is a refresh token that was replaced a while ago."""
    used = UsedRefreshToken.objects.filter(digest=get_adapter().hash_token(text), client_id=client_id)
    found = used.select_related("person", "client").first()
    if found is None or timezone.now() - found.used_at <= GRACE:
        return
    with transaction.atomic():
        if delete_tokens(client_id=client_id, person_id=found.person_id):
            record(Event.CLIENT_TOKENS_ENDED, person=found.person, client=client_id, name=found.client.name)
