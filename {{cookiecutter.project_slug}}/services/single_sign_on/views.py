"""The API of single sign-on: clients, for maintainers on the intranet site, and the sites that a person uses."""

from typing import Any, cast

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import generics
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.files import FileView, UploadParser, remove_or_refuse, set_or_refuse
from core.api.permissions import MaintainerModelPermissions
from core.api.throttling import UploadThrottle, WriteThrottle
from core.audit.events import Event
from core.audit.models import AuditEntry
from core.audit.recording import record
from core.files.actions import field_of
from core.files.pictures import CONTENT_TYPE
from core.people.models import Person

from .adapter import Adapter
from .clients import ClientFields, client_change, client_create, client_remove, client_rotate
from .connections import connected, disconnect
from .models import ClientRegistration, Connection
from .selectors import audience_options, client_registrations, client_sign_ins
from .serializers import (
    ClientFieldsSerializer,
    ClientSerializer,
    ClientSignInSerializer,
    ClientsSerializer,
    ConnectionSerializer,
    LogoSerializer,
    NewClientSerializer,
    SecretSerializer,
    describe_connection,
    describe_scopes,
)

LOGO = field_of(ClientRegistration, "logo")


class MaintainersView(APIView):
    """For maintainers with Django's permission for clients. They have it on the intranet site alone."""

    queryset = ClientRegistration.objects.none()
    permission_classes = [MaintainerModelPermissions]

    def get_client(self, pk: int) -> ClientRegistration:
        return get_object_or_404(client_registrations(), pk=pk)

    def handle_exception(self, exc: Exception) -> Response:
        """Answer 404 too when somebody else has removed the client since it was read."""
        return super().handle_exception(Http404() if isinstance(exc, ClientRegistration.DoesNotExist) else exc)


class ClientsView(MaintainersView):
    """List the clients, and add one."""

    @extend_schema(operation_id="single_sign_on_clients", responses=ClientsSerializer)
    def get(self, request: Request) -> Response:
        clients, issuer = client_registrations(), Adapter().get_issuer()
        data = {"issuer": issuer, "clients": clients, "scopes": describe_scopes(), **audience_options()}
        return Response(ClientsSerializer(data).data)

    @extend_schema(
        operation_id="single_sign_on_client_add", request=NewClientSerializer, responses={201: SecretSerializer}
    )
    def post(self, request: Request) -> Response:
        serializer = NewClientSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        try:
            fields = ClientFields(**lists_as_tuples(serializer.validated_data))
            registration, secret = client_create(by=cast(Person, request.user), fields=fields)
        except DjangoValidationError as error:
            raise ValidationError(error.message_dict) from error
        return secret_response(registration, secret, status=201)


def lists_as_tuples(values: dict[str, Any]) -> dict[str, Any]:
    return {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}


def secret_response(registration: ClientRegistration, secret: str, *, status: int = 200) -> Response:
    response = Response(SecretSerializer({"client": registration, "secret": secret}).data, status=status)
    response["Cache-Control"] = "no-store"
    return response


class ClientView(MaintainersView):
    """Show, change and remove a client."""

    @extend_schema(operation_id="single_sign_on_client", responses=ClientSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return Response(ClientSerializer(self.get_client(pk)).data)

    @extend_schema(
        operation_id="single_sign_on_client_change", request=ClientFieldsSerializer, responses=ClientSerializer
    )
    def patch(self, request: Request, pk: int) -> Response:
        registration = self.get_client(pk)
        serializer = ClientFieldsSerializer(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        try:
            client_change(by=cast(Person, request.user), registration=registration, **serializer.validated_data)
        except DjangoValidationError as error:
            raise ValidationError(error.message_dict) from error
        return Response(ClientSerializer(registration).data)

    @extend_schema(operation_id="single_sign_on_client_remove", request=None, responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        client_remove(by=cast(Person, request.user), registration=self.get_client(pk))
        return Response(status=204)


class ClientSignInsView(generics.GenericAPIView[Any]):
    """List the sign-ins at a client of the last 30 days, newest first, for maintainers who may read the audit log."""

    queryset = AuditEntry.objects.none()
    serializer_class = ClientSignInSerializer
    permission_classes = [MaintainerModelPermissions]

    @extend_schema(operation_id="single_sign_on_client_sign_ins", responses=ClientSignInSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        registration = get_object_or_404(ClientRegistration, pk=pk)
        page = cast(list[AuditEntry], self.paginate_queryset(client_sign_ins(registration)))
        return self.get_paginated_response(ClientSignInSerializer(page, many=True).data)


class ChangePermissions(MaintainerModelPermissions):
    """Replacing a secret and a logo is changing the client."""

    perms_map = {
        method: ["%(app_label)s.change_%(model_name)s"]
        for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
    }


class ClientSecretView(MaintainersView):
    """Replace the secret of a client. The one before stops working at once."""

    permission_classes = [ChangePermissions]

    @extend_schema(operation_id="single_sign_on_client_rotate", request=None, responses=SecretSerializer)
    def post(self, request: Request, pk: int) -> Response:
        registration = self.get_client(pk)
        try:
            secret = client_rotate(by=cast(Person, request.user), registration=registration)
        except DjangoValidationError as error:
            raise ValidationError(error.messages) from error
        return secret_response(registration, secret)


class ClientLogoUploadView(MaintainersView):
    """Set and remove the logo of a client."""

    permission_classes = [ChangePermissions]
    parser_classes = [UploadParser]
    throttle_classes = [WriteThrottle, UploadThrottle]
    max_bytes = LOGO.max_bytes

    @extend_schema(
        operation_id="single_sign_on_client_logo_set",
        request={"multipart/form-data": LogoSerializer},
        responses=ClientSerializer,
    )
    def put(self, request: Request, pk: int) -> Response:
        registration = self.get_client(pk)
        serializer = LogoSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        set_or_refuse(registration, "logo", serializer.validated_data["logo"], form_field="logo")
        self.record(request, registration)
        return Response(ClientSerializer(registration).data)

    @extend_schema(operation_id="single_sign_on_client_logo_remove", request=None, responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        registration = self.get_client(pk)
        remove_or_refuse(registration, "logo")
        self.record(request, registration)
        return Response(status=204)

    def record(self, request: Request, registration: ClientRegistration) -> None:
        by, name = cast(Person, request.user), registration.client.name
        record(Event.CLIENT_CHANGED, by=by, client=registration.client_id, name=name, logo=bool(registration.logo))


class ClientLogoView(FileView):
    """The logo of a client, for people who have signed in: it is on the page of consent, and on their account page."""

    file_field = "logo"
    permission_classes = [IsAuthenticated]

    def get_queryset(self) -> QuerySet[ClientRegistration]:
        return ClientRegistration.objects.exclude(logo="")

    @extend_schema(
        operation_id="single_sign_on_client_logo",
        parameters=[
            OpenApiParameter("size", enum=LOGO.size_names, location=OpenApiParameter.PATH),
            OpenApiParameter("format", exclude=True),
        ],
        responses={(200, CONTENT_TYPE): OpenApiTypes.BINARY},
    )
    def get(self, request: Request, pk: int, size: str = "") -> Any:
        return super().get(request, pk, size)


class ConnectionsView(APIView):
    """List the sites that you use with your account, and what they know."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="single_sign_on_connections", responses=ConnectionSerializer(many=True))
    def get(self, request: Request) -> Response:
        found = [describe_connection(*one) for one in connected(cast(Person, request.user))]
        return Response(ConnectionSerializer(found, many=True).data)


class ConnectionView(APIView):
    """Take back what you gave to a site. It keeps what it has read already."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="single_sign_on_disconnect", request=None, responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        person = cast(Person, request.user)
        connections = Connection.objects.filter(person=person, since__isnull=False).select_related("client")
        disconnect(get_object_or_404(connections, pk=pk), by=person)
        return Response(status=204)
