"""Serializers of single sign-on: clients for maintainers, and the sites that a person uses."""

from typing import Any

from allauth.idp.oidc.models import Client
from rest_framework import serializers

from core.files.fields import ProtectedFieldFile

from .clients import fields_of
from .models import MAX_ADDRESS, ClientRegistration
from .redirects import MAX_URI, MAX_URIS
from .scopes import all_scopes, texts_of

MAX_NAME = Client._meta.get_field("name").max_length
MAX_SCOPES = 100


def uris() -> Any:
    return serializers.ListField(child=serializers.CharField(max_length=MAX_URI), max_length=MAX_URIS, required=False)


def names(help_text: str) -> Any:
    child = serializers.CharField(max_length=100)
    return serializers.ListField(child=child, max_length=MAX_SCOPES, required=False, help_text=help_text)


class ClientFieldsSerializer(serializers.Serializer[Any]):
    """What maintainers change of a client."""

    name = serializers.CharField(max_length=MAX_NAME)
    address = serializers.URLField(max_length=MAX_ADDRESS, allow_blank=True, required=False)
    redirect_uris = uris()
    post_logout_redirect_uris = uris()
    scopes = names("What the client may ask for: `openid`, `profile`, …, and scopes of apps.")
    rings = names("Rings whose addresses may sign in. Without one, all.")
    roles = names("Roles whose people may sign in. Without one, all.")
    details = names("Details of roles that the scope `roles` gives, such as `student.department`.")
    trusted = serializers.BooleanField(required=False, help_text="Whether people are not asked for consent.")


class NewClientSerializer(ClientFieldsSerializer):
    kind = serializers.ChoiceField(ClientRegistration.Kind.choices)


class ClientSerializer(serializers.Serializer[Any]):
    """A client. Its secret is in the answer that makes or replaces it, and nowhere else."""

    id = serializers.IntegerField()
    client_id = serializers.CharField()
    kind = serializers.ChoiceField(ClientRegistration.Kind.choices)
    name = serializers.CharField()
    address = serializers.CharField(allow_blank=True)
    logo = serializers.CharField(allow_null=True)
    redirect_uris = serializers.ListField(child=serializers.CharField())
    post_logout_redirect_uris = serializers.ListField(child=serializers.CharField())
    scopes = serializers.ListField(child=serializers.CharField())
    rings = serializers.ListField(child=serializers.CharField())
    roles = serializers.ListField(child=serializers.CharField())
    details = serializers.ListField(child=serializers.CharField())
    trusted = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    people = serializers.IntegerField(help_text="How many people use it now.")
    last_sign_in_at = serializers.DateTimeField(allow_null=True)

    def to_representation(self, instance: ClientRegistration) -> Any:
        return super().to_representation(
            {
                "id": instance.pk,
                "client_id": instance.client_id,
                **fields_of(instance).as_details(),
                "logo": logo_url(instance),
                "created_at": instance.client.created_at,
                # Only a client that has just been made is not of `client_registrations`.
                "people": getattr(instance, "people", 0),
                "last_sign_in_at": getattr(instance, "last_sign_in_at", None),
            }
        )


class LogoSerializer(serializers.Serializer[Any]):
    logo = serializers.FileField(help_text="A picture, of which the portal keeps two sizes.")


class SecretSerializer(serializers.Serializer[Any]):
    """`secret` is empty for an app or a command line, which has none."""

    client = ClientSerializer()
    secret = serializers.CharField(allow_blank=True)


class ScopeSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    text = serializers.CharField()


class OptionSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    title = serializers.CharField()


class ClientsSerializer(serializers.Serializer[Any]):
    """The clients, and the scopes, rings, roles and details of roles that they can have."""

    issuer = serializers.CharField()
    clients = ClientSerializer(many=True)
    scopes = ScopeSerializer(many=True)
    rings = OptionSerializer(many=True)
    roles = OptionSerializer(many=True)
    details = OptionSerializer(many=True)


class ClientSignInSerializer(serializers.Serializer[Any]):
    """A sign-in at a client. `person` is the username of that time."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    person = serializers.CharField()
    person_id = serializers.IntegerField(allow_null=True)
    ip_address = serializers.CharField(allow_null=True)


class ConnectionSerializer(serializers.Serializer[Any]):
    """A site that a person uses. `texts` says what it may do and see, in their language."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    address = serializers.CharField(allow_blank=True)
    logo = serializers.CharField(allow_null=True)
    since = serializers.DateTimeField()
    last_sign_in_at = serializers.DateTimeField()
    scopes = serializers.ListField(child=serializers.CharField())
    texts = serializers.ListField(child=serializers.CharField())


def describe_connection(connection: Any, registration: ClientRegistration) -> dict[str, Any]:
    return {
        "id": connection.pk,
        "name": registration.client.name,
        "address": registration.address,
        "logo": logo_url(registration),
        "since": connection.since,
        "last_sign_in_at": connection.last_sign_in_at,
        "scopes": connection.scopes,
        "texts": texts_of(connection.scopes),
    }


def logo_url(registration: ClientRegistration) -> str | None:
    logo: ProtectedFieldFile = registration.logo  # type: ignore[assignment]  # the stubs know Django's own
    return logo.urls["small"] if logo else None


def describe_scopes() -> list[dict[str, str]]:
    return [{"name": name, "text": text} for name, text in all_scopes().items()]
