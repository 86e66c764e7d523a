from typing import Any, cast

from django.conf import settings
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.exceptions import NotFound
from rest_framework.pagination import Cursor
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.access.visitor import visitor_of
from core.api.pagination import CursorPagination
from core.people.models import Person

from .actions import privacy_update
from .selectors import listed, search, serialize_people
from .serializers import (
    EntrySerializer,
    OwnEntrySerializer,
    PrivacySerializer,
    RoleTitleSerializer,
    SearchSerializer,
)


class PlacePagination(CursorPagination):
    """Best matches first; equal ones by name."""

    ordering = "place"

    def decode_cursor(self, request: Request) -> Cursor | None:
        cursor = super().decode_cursor(request)
        if cursor is not None and "\0" in (cursor.position or ""):  # which PostgreSQL cannot take
            raise NotFound(self.invalid_cursor_message)
        return cursor


class PeopleView(generics.GenericAPIView):
    """The people whose entry in the directory is shown to whoever asks."""

    queryset = Person.objects.none()
    serializer_class = EntrySerializer
    pagination_class = PlacePagination

    @extend_schema(operation_id="people", parameters=[SearchSerializer], responses=EntrySerializer(many=True))
    def get(self, request: Request) -> Response:
        wanted = SearchSerializer(data=request.query_params)
        wanted.is_valid(raise_exception=True)
        visitor = visitor_of(request)
        text, role = wanted.validated_data["search"], wanted.validated_data["role"]
        page = cast(list[Person], self.paginate_queryset(search(text=text, role=role, visitor=visitor)))
        return self.get_paginated_response(EntrySerializer(serialize_people(page, visitor), many=True).data)


class PersonView(APIView):
    """One person's entry."""

    @extend_schema(operation_id="person", responses=EntrySerializer)
    def get(self, request: Request, pk: int) -> Response:
        visitor = visitor_of(request)
        person = get_object_or_404(listed(visitor), pk=pk)
        (entry,) = serialize_people([person], visitor, photo="large")
        return Response(EntrySerializer(entry).data)


class OwnEntryView(APIView):
    """One's own entry, and to whom one shows what of it."""

    @extend_schema(operation_id="person_me", responses=OwnEntrySerializer)
    def get(self, request: Request) -> Response:
        person = cast(Person, request.user)
        (entry,) = serialize_people([person], visitor_of(request), photo="large")
        return Response(OwnEntrySerializer(entry | PrivacySerializer(person).data).data)

    @extend_schema(operation_id="person_me_show", request=PrivacySerializer, responses=OwnEntrySerializer)
    def patch(self, request: Request) -> Response:
        wanted = PrivacySerializer(data=request.data, partial=True)
        wanted.is_valid(raise_exception=True)
        changes: dict[str, Any] = wanted.validated_data
        privacy_update(person=cast(Person, request.user), **changes)
        return self.get(request)


class RolesView(APIView):
    """The roles that people can have, as `portal.yaml` has them."""

    @extend_schema(operation_id="people_roles", responses=RoleTitleSerializer(many=True))
    def get(self, request: Request) -> Response:
        roles = [{"name": name, "title": role.title} for name, role in settings.PORTAL.roles.items()]
        return Response(RoleTitleSerializer(roles, many=True).data)
