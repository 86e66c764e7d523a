"""The API of roles. Maintainers read and change everyone's roles, and people read their own."""

from typing import Any, cast

from django.db import transaction
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.permissions import MaintainerModelPermissions
from core.people.actions import role_end, role_extend, role_grant, role_update_details
from core.people.models import Person, Role, RoleChange

from .role_serializers import (
    ChangeRoleSerializer,
    EndRoleSerializer,
    GrantRoleSerializer,
    RoleChangeSerializer,
    RoleSerializer,
    serialize_role,
)


class IsOwnerOrMaintainer(MaintainerModelPermissions):
    """Lets people read their own roles, and maintainers read and change all."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        is_own = request.method in SAFE_METHODS and request.user.pk == view.kwargs["pk"]
        return is_own or super().has_permission(request, view)


class MayChange(MaintainerModelPermissions):
    """Requires the permission to change the view's model for POST too, because ending a role changes it."""

    perms_map = {**MaintainerModelPermissions.perms_map, "POST": MaintainerModelPermissions.perms_map["PATCH"]}


def maintainer_of(request: Request) -> Person:
    return cast(Person, request.user)


def role_response(role: Role, status: int = 200) -> Response:
    return Response(RoleSerializer(serialize_role(role, all_details=True)).data, status=status)


class PersonRolesView(generics.GenericAPIView[Any]):
    """List a person's roles, past and future ones too, and grant a role."""

    queryset = Role.objects.none()
    serializer_class = RoleSerializer
    permission_classes = [IsOwnerOrMaintainer]

    @extend_schema(operation_id="person_roles", responses=RoleSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        person = get_object_or_404(Person, pk=pk)
        all_details = MaintainerModelPermissions().has_permission(request, self)
        page = cast(list[Role], self.paginate_queryset(person.roles.all()))
        roles = [serialize_role(role, all_details=all_details) for role in page]
        return self.get_paginated_response(RoleSerializer(roles, many=True).data)

    @extend_schema(operation_id="person_role_grant", request=GrantRoleSerializer, responses={201: RoleSerializer})
    def post(self, request: Request, pk: int) -> Response:
        person = get_object_or_404(Person, pk=pk)
        serializer = GrantRoleSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        role = role_grant(person=person, by=maintainer_of(request), **serializer.validated_data)
        return role_response(role, status=201)


class RoleHistoryView(generics.GenericAPIView[Any]):
    """List all changes of a person's roles, newest first, including removed roles."""

    queryset = Role.objects.none()
    serializer_class = RoleChangeSerializer
    permission_classes = [MaintainerModelPermissions]

    @extend_schema(operation_id="person_role_history", responses=RoleChangeSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        person = get_object_or_404(Person, pk=pk)
        page = cast(list[RoleChange], self.paginate_queryset(person.role_changes.select_related("by")))
        return self.get_paginated_response(RoleChangeSerializer(page, many=True).data)


class RoleView(APIView):
    """Extend a role, or replace its details."""

    queryset = Role.objects.none()
    permission_classes = [MayChange]

    @extend_schema(operation_id="role_change", request=ChangeRoleSerializer, responses=RoleSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        role = get_object_or_404(Role, pk=pk)
        serializer = ChangeRoleSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        record: dict[str, Any] = {"by": maintainer_of(request), "why": values.get("why", "")}
        with transaction.atomic():
            if "end" in values:
                role = role_extend(role=role, end=values["end"], **record)
            if "details" in values:
                role = role_update_details(role=role, details=values["details"], **record)
        return role_response(role)


class EndRoleView(APIView):
    """End a role."""

    queryset = Role.objects.none()
    permission_classes = [MayChange]

    @extend_schema(
        operation_id="role_end",
        request=EndRoleSerializer,
        responses={
            200: RoleSerializer,
            204: OpenApiResponse(description="The role would have ended before its first day, so it was removed."),
        },
    )
    def post(self, request: Request, pk: int) -> Response:
        role = get_object_or_404(Role, pk=pk)
        serializer = EndRoleSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        ended = role_end(role=role, last_day=values.get("end"), by=maintainer_of(request), why=values.get("why", ""))
        return Response(status=204) if ended is None else role_response(ended)
