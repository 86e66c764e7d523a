"""The API of the directory."""

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
from core.api.throttling import SearchThrottle, WriteThrottle
from core.people.models import Person

from .actions import privacy_update
from .selectors import search_people, serialize_people, visible_people
from .serializers import (
    EntrySerializer,
    OwnEntrySerializer,
    PrivacySerializer,
    RoleTitleSerializer,
    SearchSerializer,
)


class RankPagination(CursorPagination):
    """Sorts best matches first, and equal ones by name."""

    ordering = "rank_key"

    def decode_cursor(self, request: Request) -> Cursor | None:
        cursor = super().decode_cursor(request)
        if cursor is not None and "\0" in str(cursor.position or ""):  # PostgreSQL rejects null characters
            raise NotFound(self.invalid_cursor_message)
        return cursor


class PeopleView(generics.GenericAPIView[Any]):
    """List and search the people whose profile is visible to the visitor."""

    throttle_classes = [WriteThrottle, SearchThrottle]
    queryset = Person.objects.none()
    serializer_class = EntrySerializer
    pagination_class = RankPagination

    @extend_schema(operation_id="people", parameters=[SearchSerializer], responses=EntrySerializer(many=True))
    def get(self, request: Request) -> Response:
        serializer = SearchSerializer(data=request.query_params)
        serializer.is_valid(raise_exception=True)
        visitor = visitor_of(request)
        text, role = serializer.validated_data["search"], serializer.validated_data["role"]
        page = cast(list[Person], self.paginate_queryset(search_people(text=text, role=role, visitor=visitor)))
        return self.get_paginated_response(EntrySerializer(serialize_people(page, visitor), many=True).data)


class PersonView(APIView):
    """Show a person's profile."""

    @extend_schema(operation_id="person", responses=EntrySerializer)
    def get(self, request: Request, pk: int) -> Response:
        visitor = visitor_of(request)
        person = get_object_or_404(visible_people(visitor), pk=pk)
        (entry,) = serialize_people([person], visitor, photo="large")
        return Response(EntrySerializer(entry).data)


class OwnEntryView(APIView):
    """Show the visitor's own profile and privacy settings, and change the settings."""

    @extend_schema(operation_id="person_me", responses=OwnEntrySerializer)
    def get(self, request: Request) -> Response:
        person = cast(Person, request.user)
        (entry,) = serialize_people([person], visitor_of(request), photo="large")
        return Response(OwnEntrySerializer(entry | PrivacySerializer(person).data).data)

    @extend_schema(operation_id="person_me_privacy", request=PrivacySerializer, responses=OwnEntrySerializer)
    def patch(self, request: Request) -> Response:
        serializer = PrivacySerializer(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        levels: dict[str, Any] = serializer.validated_data
        privacy_update(person=cast(Person, request.user), **levels)
        return self.get(request)


class RolesView(APIView):
    """List the roles of `portal.yaml`."""

    @extend_schema(operation_id="people_roles", responses=RoleTitleSerializer(many=True))
    def get(self, request: Request) -> Response:
        roles = [{"name": name, "title": role.title} for name, role in settings.PORTAL.roles.items()]
        return Response(RoleTitleSerializer(roles, many=True).data)
