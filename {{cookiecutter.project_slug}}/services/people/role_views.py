"""Who holds which role from when to when: for maintainers, and for each person of themselves."""

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
    ChangedRoleSerializer,
    EndSerializer,
    HeldRoleSerializer,
    NewRoleSerializer,
    RoleChangeSerializer,
    serialize_role,
)


class MayRead(MaintainerModelPermissions):
    """People read their own roles, too."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        is_own = request.method in SAFE_METHODS and request.user.pk == view.kwargs["pk"]
        return is_own or super().has_permission(request, view)


class MayChange(MaintainerModelPermissions):
    """Ending a role is a change of it, not a new one."""

    perms_map = {**MaintainerModelPermissions.perms_map, "POST": MaintainerModelPermissions.perms_map["PATCH"]}


def maintainer(request: Request) -> Person:
    return cast(Person, request.user)


def role_response(role: Role, status: int = 200) -> Response:
    return Response(HeldRoleSerializer(serialize_role(role, in_full=True)).data, status=status)


class PersonRolesView(generics.GenericAPIView):
    """All roles of a person, past and future ones too, and a new one."""

    queryset = Role.objects.none()
    serializer_class = HeldRoleSerializer
    permission_classes = [MayRead]

    @extend_schema(operation_id="person_roles", responses=HeldRoleSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        person = get_object_or_404(Person, pk=pk)
        in_full = MaintainerModelPermissions().has_permission(request, self)
        page = cast(list[Role], self.paginate_queryset(person.roles.all()))
        found = [serialize_role(role, in_full=in_full) for role in page]
        return self.get_paginated_response(HeldRoleSerializer(found, many=True).data)

    @extend_schema(operation_id="person_role_grant", request=NewRoleSerializer, responses={201: HeldRoleSerializer})
    def post(self, request: Request, pk: int) -> Response:
        person = get_object_or_404(Person, pk=pk)
        serializer = NewRoleSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return role_response(role_grant(person=person, by=maintainer(request), **serializer.validated_data), status=201)


class RoleHistoryView(generics.GenericAPIView):
    """What was done to a person's roles, the newest first, removed ones too."""

    queryset = Role.objects.none()
    serializer_class = RoleChangeSerializer
    permission_classes = [MaintainerModelPermissions]

    @extend_schema(operation_id="person_role_history", responses=RoleChangeSerializer(many=True))
    def get(self, request: Request, pk: int) -> Response:
        person = get_object_or_404(Person, pk=pk)
        page = cast(list[RoleChange], self.paginate_queryset(person.role_changes.select_related("by")))
        return self.get_paginated_response(RoleChangeSerializer(page, many=True).data)


class RoleView(APIView):
    """One role, to be prolonged or described."""

    queryset = Role.objects.none()
    permission_classes = [MayChange]

    @extend_schema(operation_id="role_change", request=ChangedRoleSerializer, responses=HeldRoleSerializer)
    def patch(self, request: Request, pk: int) -> Response:
        role = get_object_or_404(Role, pk=pk)
        serializer = ChangedRoleSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        done: dict[str, Any] = {"by": maintainer(request), "why": values.get("why", "")}
        with transaction.atomic():
            if "end" in values:
                role = role_extend(role=role, end=values["end"], **done)
            if "details" in values:
                role = role_update_details(role=role, details=values["details"], **done)
        return role_response(role)


class EndRoleView(APIView):
    """Ends a role."""

    queryset = Role.objects.none()
    permission_classes = [MayChange]

    @extend_schema(
        operation_id="role_end",
        request=EndSerializer,
        responses={
            200: HeldRoleSerializer,
            204: OpenApiResponse(description="It would not have held for a single day, and is gone."),
        },
    )
    def post(self, request: Request, pk: int) -> Response:
        role = get_object_or_404(Role, pk=pk)
        serializer = EndSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        ended = role_end(role=role, last_day=values.get("end"), by=maintainer(request), why=values.get("why", ""))
        return Response(status=204) if ended is None else role_response(ended)
