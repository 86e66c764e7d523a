"""Add, change and remove clients, and replace their secrets. The API and the command `client` use this."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from allauth.idp.oidc.adapter import get_adapter
from allauth.idp.oidc.models import Client, Token
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, ProhibitNullCharactersValidator, URLValidator
from django.db import transaction
from django.utils.translation import gettext as _

from core.audit.events import Event
from core.audit.recording import record
from core.people.models import Person

from .models import MAX_ADDRESS, ClientRegistration
from .redirects import MAX_URIS, check_redirect_uri
from .scopes import ROLES, all_scopes

Kind = ClientRegistration.Kind
Grant = Client.GrantType

GRANTS = {
    Kind.WEB: [Grant.AUTHORIZATION_CODE, Grant.REFRESH_TOKEN],
    Kind.NATIVE: [Grant.AUTHORIZATION_CODE, Grant.REFRESH_TOKEN, Grant.DEVICE_CODE],
    Kind.MACHINE: [Grant.CLIENT_CREDENTIALS],
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientFields:
    """What maintainers decide about a client. The names are those of the API and of the audit log."""

    name: str
    kind: str
    address: str = ""
    redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uris: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    rings: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    trusted: bool = False

    def changed(self, **values: Any) -> "ClientFields":
        return replace(self, **{name: as_tuple(value) for name, value in values.items()})

    def as_details(self, names: Iterable[str] = ()) -> dict[str, Any]:
        """Return the fields for the audit log, or those of these names."""
        wanted = list(names) or self.__dataclass_fields__
        return {name: as_list(getattr(self, name)) for name in wanted}


def as_tuple(value: Any) -> Any:
    return tuple(dict.fromkeys(value)) if isinstance(value, list | tuple) else value


def as_list(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value


def fields_of(registration: ClientRegistration) -> ClientFields:
    client = registration.client
    return ClientFields(
        name=client.name,
        kind=registration.kind,
        address=registration.address,
        redirect_uris=tuple(client.get_redirect_uris()),
        post_logout_redirect_uris=tuple(client.get_post_logout_redirect_uris()),
        scopes=tuple(client.get_scopes()),
        rings=tuple(registration.rings),
        roles=tuple(registration.roles),
        details=tuple(registration.details),
        trusted=client.skip_consent,
    )


@transaction.atomic
def client_create(*, by: Person | None, fields: ClientFields) -> tuple[ClientRegistration, str]:
    """Add a client, and return it with its secret, which nobody can read again. A native client has none.

    Raises ValidationError, with the field's name.
    """
    check_fields(fields)
    registration = ClientRegistration(client=Client(), kind=fields.kind)
    secret = new_secret(registration)
    write(registration, fields)
    record(Event.CLIENT_ADDED, by=by, client=registration.client_id, **fields.as_details())
    return registration, secret


@transaction.atomic
def client_change(*, by: Person | None, registration: ClientRegistration, **values: Any) -> None:
    """Change some fields of a client, and record which. Raises ValidationError, with the field's name.

    When it loses a scope, its tokens end. People who are no longer in its audience lose theirs within a minute.
    """
    lock(registration)
    before = fields_of(registration)
    after = before.changed(**values)
    if after.kind != before.kind:
        raise ValidationError({"kind": _("The kind of a client cannot change. Add another client.")})
    check_fields(after)
    names = [name for name in before.__dataclass_fields__ if getattr(before, name) != getattr(after, name)]
    if not names:
        return
    write(registration, after)
    if set(before.scopes) - set(after.scopes):
        Token.objects.filter(client=registration.client).delete()
    details = after.as_details(names)
    if "name" in details:
        details["new_name"] = details.pop("name")
    record(Event.CLIENT_CHANGED, by=by, client=registration.client_id, name=before.name, **details)


@transaction.atomic
def client_rotate(*, by: Person | None, registration: ClientRegistration) -> str:
    """Replace the secret of a client at once, and return the new one. Raises ValidationError for a native client."""
    if registration.kind == Kind.NATIVE:
        raise ValidationError(_("An app or a command line has no secret."))
    lock(registration)
    secret = new_secret(registration)
    registration.client.save(update_fields=["secret"])
    record(Event.CLIENT_SECRET_REPLACED, by=by, client=registration.client_id, name=registration.client.name)
    return secret


@transaction.atomic
def client_remove(*, by: Person | None, registration: ClientRegistration) -> None:
    """Remove a client, with its tokens and with what people gave to it. Another one would know them by other names."""
    lock(registration)
    record(Event.CLIENT_REMOVED, by=by, client=registration.client_id, name=registration.client.name)
    registration.client.delete()


def lock(registration: ClientRegistration) -> None:
    """Lock a client until the transaction ends, and read it again: another request may have changed it meanwhile.

    `write` saves all fields, so without this a change could bring a replaced secret back. Raises
    ClientRegistration.DoesNotExist when the client was removed.
    """
    locked = ClientRegistration.objects.select_for_update(of=("self",)).select_related("client")
    registration.refresh_from_db(from_queryset=locked)


def new_secret(registration: ClientRegistration) -> str:
    """Give the client another secret, without saving it, and return the secret. A native client gets none."""
    secret: str = get_adapter().generate_client_secret()
    registration.client.set_secret(secret)
    return "" if registration.kind == Kind.NATIVE else secret


def write(registration: ClientRegistration, fields: ClientFields) -> None:
    client: Client = registration.client
    client.name = fields.name
    client.type = Client.Type.PUBLIC if fields.kind == Kind.NATIVE else Client.Type.CONFIDENTIAL
    client.skip_consent = fields.trusted
    client.set_grant_types([str(one) for one in GRANTS[Kind(fields.kind)]])
    client.set_response_types(["code"])
    client.set_redirect_uris(list(fields.redirect_uris))
    client.set_post_logout_redirect_uris(list(fields.post_logout_redirect_uris))
    client.set_scopes(list(fields.scopes))
    client.save()
    registration.client = client
    registration.address = fields.address
    registration.rings, registration.roles = list(fields.rings), list(fields.roles)
    registration.details = list(fields.details)
    registration.save()


def check_fields(fields: ClientFields) -> None:
    """Raise ValidationError, with messages by the name of the field."""
    errors: dict[str, list[str]] = {}
    portal = settings.PORTAL
    roles = {f"{name}.{field}" for name, role in portal.roles.items() for field in role.details.get("properties", {})}
    allowed: dict[str, Iterable[str]] = {
        "scopes": all_scopes(),
        "rings": portal.rings,
        "roles": portal.roles,
        "details": roles,
    }
    for name, known in allowed.items():
        if unknown := sorted(set(getattr(fields, name)) - set(known)):
            message = _("Unknown: %(unknown)s. Allowed are: %(allowed)s.")
            errors[name] = [message % {"unknown": ", ".join(unknown), "allowed": ", ".join(known) or "-"}]
    if fields.kind not in Kind.values:
        errors["kind"] = [
            _("Unknown: %(unknown)s. Allowed are: %(allowed)s.")
            % {"unknown": fields.kind, "allowed": ", ".join(Kind.values)}
        ]
    if not fields.name.strip():
        errors["name"] = [_("A client needs a name.")]
    for name, validate in {"name": check_name, "address": check_address}.items():
        try:
            validate(getattr(fields, name))
        except ValidationError as error:
            errors.setdefault(name, []).extend(error.messages)
    for name in ("redirect_uris", "post_logout_redirect_uris"):
        errors |= check_uris(name, getattr(fields, name), kind=fields.kind)
    if fields.kind == Kind.WEB and not fields.redirect_uris:
        errors["redirect_uris"] = [_("A web site needs a redirect URI.")]
    if fields.kind != Kind.MACHINE and "openid" not in fields.scopes:
        errors.setdefault("scopes", []).append(_("A client that signs people in needs the scope openid."))
    if fields.details and ROLES not in fields.scopes:
        errors.setdefault("details", []).append(_("Details need the scope roles."))
    if errors:
        raise ValidationError(errors)


def check_name(name: str) -> None:
    MaxLengthValidator(Client._meta.get_field("name").max_length)(name)
    ProhibitNullCharactersValidator()(name)


def check_address(address: str) -> None:
    if address:
        MaxLengthValidator(MAX_ADDRESS)(address)
        URLValidator(schemes=["https", "http"])(address)


def check_uris(name: str, uris: tuple[str, ...], *, kind: str) -> dict[str, list[str]]:
    if kind == Kind.MACHINE and uris:
        return {name: [_("A machine has no redirect URI.")]}
    if len(uris) > MAX_URIS:
        return {name: [_("A client has at most %(most)d of them.") % {"most": MAX_URIS}]}
    messages: list[str] = []
    for uri in uris:
        try:
            check_redirect_uri(uri, is_native=kind == Kind.NATIVE)
        except ValidationError as error:
            messages += error.messages
    return {name: messages} if messages else {}
