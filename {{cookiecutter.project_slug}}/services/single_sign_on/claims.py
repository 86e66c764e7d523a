"""What a client learns about a person, by the scopes that it was granted.

https://openid.net/specs/openid-connect-core-1_0.html#StandardClaims. `roles` and `role_details` are the portal's own.
What a person hides from everybody in the directory is left out, unless they gave it to this client.
"""

from collections.abc import Collection
from typing import Any

from allauth.account.models import EmailAddress
from django.db.models import QuerySet
from django.urls import reverse

from core.people.models import Person, Role
from core.people.privacy import is_hidden
from core.people.selectors import active_roles

from .models import ClientRegistration, Connection
from .scopes import EMAIL, PARTS, PHOTO, PROFILE, ROLES


def claims_of(
    person: Person, connection: Connection, registration: ClientRegistration, scopes: Collection[str], *, origin: str
) -> dict[str, Any]:
    """Return the claims for these scopes, beside `sub`. At most two queries."""
    given = {scope for scope in scopes if is_given(person, connection, scope)}
    claims: dict[str, Any] = {}
    if PROFILE in given:
        claims |= {"name": str(person), "preferred_username": person.username}
        if person.language:
            claims["locale"] = person.language
    if EMAIL in given and person.email:
        confirmed = EmailAddress.objects.filter(user=person, email__iexact=person.email, verified=True).exists()
        claims |= {"email": person.email, "email_verified": confirmed}
    if PHOTO in given and person.photo:
        claims["picture"] = f"{origin}{reverse('idp:oidc:photo')}"
    if ROLES in given:
        claims["roles"] = sorted(active_roles(person))
        if details := details_of(person, registration):
            claims["role_details"] = details
    return claims


def is_given(person: Person, connection: Connection, scope: str) -> bool:
    part = PARTS.get(scope)
    return part is None or not is_hidden(person, part) or part in connection.given_hidden


def details_of(person: Person, registration: ClientRegistration) -> dict[str, dict[str, Any]]:
    """Return role → the details of it that the client was granted."""
    granted: dict[str, list[str]] = {}
    for name in registration.details:
        role, _separator, field = name.partition(".")
        granted.setdefault(role, []).append(field)
    if not granted:
        return {}
    roles: QuerySet[Role] = Role.objects.active().filter(person=person, name__in=granted)
    found = {
        role.name: {field: role.details[field] for field in granted[role.name] if field in role.details}
        for role in roles
    }
    return {name: details for name, details in found.items() if details}
