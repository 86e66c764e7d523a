"""The API of people administration. It is for maintainers, on the intranet site only."""

from typing import Any, cast

from django.conf import settings
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.exceptions import PermissionDenied
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.permissions import MaintainerModelPermissions
from core.api.throttling import SearchThrottle, WriteThrottle
from core.people.models import Person, Role
from core.people.protection import check_may_change
from services.accounts.invitations import invite
from services.people.numbered_pages import PageSerializer, page_of
from services.people.role_views import MayChange, maintainer_of

from .actions import people_deactivate, people_reactivate, person_create, person_update, roles_end, roles_grant
from .selectors import Filter, count_people, describe_people, describe_role, find_people
from .serializers import (
    ChangedSerializer,
    EndOfPeopleSerializer,
    FilterSerializer,
    GrantableRoleSerializer,
    GrantToPeopleSerializer,
    ManagedPeoplePageSerializer,
    ManagedPersonDetailSerializer,
    NewPersonSerializer,
    PeopleSerializer,
    PersonFieldsSerializer,
)

ADD_ROLE = "core_people.add_role"


class ManagedPeopleView(APIView):
    """List and search all people, and create one."""

    queryset = Person.objects.none()
    permission_classes = [MaintainerModelPermissions]
    throttle_classes = [WriteThrottle, SearchThrottle]

    @extend_schema(
        operation_id="people_manage",
        parameters=[FilterSerializer, PageSerializer],
        responses=ManagedPeoplePageSerializer,
    )
    def get(self, request: Request) -> Response:
        wanted, paging = FilterSerializer(data=request.query_params), PageSerializer(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        paging.is_valid(raise_exception=True)
        page = page_of(find_people(Filter(**wanted.validated_data)), **paging.validated_data)
        page["results"] = describe_people(page["results"], by=maintainer_of(request))
        return Response(ManagedPeoplePageSerializer({**page, "totals": count_people()}).data)

    @extend_schema(
        operation_id="people_manage_create",
        request=NewPersonSerializer,
        responses={201: ManagedPersonDetailSerializer},
    )
    def post(self, request: Request) -> Response:
        serializer = NewPersonSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        if serializer.validated_data.get("role") and not maintainer_of(request).has_perm(ADD_ROLE):
            raise PermissionDenied(_("Only maintainers who may grant roles can give one to a new person."))
        person = person_create(by=maintainer_of(request), **serializer.validated_data)
        return person_response(person, by=maintainer_of(request), status=201)


class ManagedPersonView(APIView):
    """Show a person to maintainers, and change their name or email."""

    queryset = Person.objects.none()
    permission_classes = [MaintainerModelPermissions]

    @extend_schema(operation_id="people_manage_person", responses=ManagedPersonDetailSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return person_response(get_object_or_404(Person, pk=pk), by=maintainer_of(request))

    @extend_schema(
        operation_id="people_manage_person_change",
        request=PersonFieldsSerializer,
        responses=ManagedPersonDetailSerializer,
    )
    def patch(self, request: Request, pk: int) -> Response:
        person = get_object_or_404(Person, pk=pk)
        serializer = PersonFieldsSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        by = maintainer_of(request)
        return person_response(person_update(person=person, by=by, **serializer.validated_data), by=by)


def person_response(person: Person, *, by: Person, status: int = 200) -> Response:
    (described,) = describe_people([person], by=by)
    data = {**described, "person": person, "has_password": person.has_usable_password()}
    return Response(ManagedPersonDetailSerializer(data).data, status=status)


class InvitePersonView(APIView):
    """Send a person the email with a link that sets their password once more."""

    queryset = Person.objects.none()
    permission_classes = [MayChange]

    @extend_schema(operation_id="people_manage_invite", request=None, responses={204: None})
    def post(self, request: Request, pk: int) -> Response:
        person, by = get_object_or_404(Person, pk=pk), maintainer_of(request)
        check_may_change(by, person)
        invite(person, by=by)
        return Response(status=204)


class GrantableRolesView(APIView):
    """List the roles of `portal.yaml` for the form that grants one."""

    queryset = Role.objects.none()
    permission_classes = [MaintainerModelPermissions]

    @extend_schema(operation_id="people_manage_roles", responses=GrantableRoleSerializer(many=True))
    def get(self, request: Request) -> Response:
        roles = [describe_role(name) for name in settings.PORTAL.roles]
        return Response(GrantableRoleSerializer(roles, many=True).data)


class BulkView(APIView):
    """Changes several people, all of them or none. A subclass names the serializer and the action."""

    serializer_class: type[PeopleSerializer]

    def change(self, by: Person, values: dict[str, Any]) -> tuple[int, int]:
        """Return how many people were changed, and how many needed no change."""
        raise NotImplementedError

    def post(self, request: Request) -> Response:
        serializer = self.serializer_class(data=request.data)
        serializer.is_valid(raise_exception=True)
        changed, unchanged = self.change(maintainer_of(request), cast(dict[str, Any], serializer.validated_data))
        return Response(ChangedSerializer({"changed": changed, "unchanged": unchanged}).data)


@extend_schema_view(
    post=extend_schema(
        operation_id="people_manage_grant_role", request=GrantToPeopleSerializer, responses=ChangedSerializer
    )
)
class GrantRoleView(BulkView):
    """Grant a role to several people."""

    queryset = Role.objects.none()
    permission_classes = [MaintainerModelPermissions]
    serializer_class = GrantToPeopleSerializer

    def change(self, by: Person, values: dict[str, Any]) -> tuple[int, int]:
        return roles_grant(by=by, **values), 0


@extend_schema_view(
    post=extend_schema(
        operation_id="people_manage_end_role", request=EndOfPeopleSerializer, responses=ChangedSerializer
    )
)
class EndRoleView(BulkView):
    """End a role of several people."""

    queryset = Role.objects.none()
    permission_classes = [MayChange]
    serializer_class = EndOfPeopleSerializer

    def change(self, by: Person, values: dict[str, Any]) -> tuple[int, int]:
        return roles_end(by=by, **values)


@extend_schema_view(
    post=extend_schema(operation_id="people_manage_deactivate", request=PeopleSerializer, responses=ChangedSerializer)
)
class DeactivateView(BulkView):
    """Deactivate several people: they cannot sign in, and their sessions end."""

    queryset = Person.objects.none()
    permission_classes = [MayChange]
    serializer_class = PeopleSerializer

    def change(self, by: Person, values: dict[str, Any]) -> tuple[int, int]:
        return people_deactivate(by=by, **values)


@extend_schema_view(
    post=extend_schema(operation_id="people_manage_reactivate", request=PeopleSerializer, responses=ChangedSerializer)
)
class ReactivateView(BulkView):
    """Let several people sign in again."""

    queryset = Person.objects.none()
    permission_classes = [MayChange]
    serializer_class = PeopleSerializer

    def change(self, by: Person, values: dict[str, Any]) -> tuple[int, int]:
        return people_reactivate(by=by, **values)
