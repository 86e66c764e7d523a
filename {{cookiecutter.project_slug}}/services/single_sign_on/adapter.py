"""The portal's answers to the questions of allauth's OpenID Connect provider.

https://docs.allauth.org/en/latest/idp/openid-connect/adapter.html
"""

import secrets
from collections.abc import Iterable
from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter
from allauth.idp.oidc.models import Client, PrivateKey, Token
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from core.people.models import Person

from .access import may_keep_tokens
from .claims import claims_of
from .connections import connection_by_subject, connection_to, registration_for
from .keys import signing_keys
from .scopes import IDENTITY_SCOPES

SECRET_BYTES = 32


class Adapter(DefaultOIDCAdapter):  # type: ignore[misc]  # allauth has no types
    def generate_client_secret(self) -> str:
        """Return a secret of letters, digits, - and _, which needs no encoding in a form or a header."""
        return secrets.token_urlsafe(SECRET_BYTES)

    def get_issuer(self) -> str:
        return settings.IDENTITY_ORIGIN or str(super().get_issuer())

    def list_private_keys(self, *, did_activate: bool | None = None, is_active: bool | None = None) -> list[PrivateKey]:
        """Return the published keys. They are all active, and with `did_activate` those that may sign now."""
        keys, now = signing_keys(), timezone.now()  # in this order: the first key may be made now
        return [key for key in keys if not did_activate or key.not_before <= now]

    def get_user_sub(self, client: Client, user: Person) -> str:
        """Return the name of a person that this client alone knows (pairwise)."""
        connection = connection_to(client, user)
        if connection is None:
            raise PermissionDenied
        return connection.subject

    def get_user_by_sub(self, client: Client, sub: str) -> Person | None:
        connection = connection_by_subject(client, str(sub))
        if connection is None or not may_keep_tokens(connection, connection.person, registration_for(client)):
            return None
        return connection.person

    def get_claims(
        self, purpose: str, user: Person, client: Client, scopes: Iterable[str], email: str | None = None, **more: Any
    ) -> dict[str, Any]:
        connection = connection_to(client, user)
        if connection is None:
            raise PermissionDenied
        claims = claims_of(user, connection, registration_for(client), list(scopes), origin=self.get_issuer())
        return {"sub": connection.subject, **claims}

    def populate_server_metadata(self, data: dict[str, Any]) -> None:
        """Say what holds here: allauth's own metadata name all that it could do."""
        origin = self.get_issuer()
        for name, value in data.items():
            if name.endswith(("_endpoint", "jwks_uri")):
                data[name] = origin + "/" + str(value).partition("://")[2].partition("/")[2]
        data |= {
            "authorization_response_iss_parameter_supported": True,
            "claims_supported": [
                *("sub", "name", "preferred_username", "locale", "email", "email_verified", "picture"),
                *("roles", "role_details"),
            ],
            "claims_parameter_supported": False,
            "grant_types_supported": sorted(Client.GrantType.values),
            "prompt_values_supported": ["none", "login", "consent", "select_account"],
            "request_parameter_supported": False,
            "request_uri_parameter_supported": False,
            "response_modes_supported": ["query"],
            "response_types_supported": ["code"],
            "revocation_endpoint_auth_methods_supported": list(data["token_endpoint_auth_methods_supported"]),
            "scopes_supported": list(IDENTITY_SCOPES),
            "subject_types_supported": ["pairwise"],
        }

    def is_introspection_allowed(self, token: Token, *, caller_client: Client) -> bool:
        if token.user is None:
            return True
        return may_keep_tokens(connection_to(token.client, token.user), token.user, token.client.registration)
