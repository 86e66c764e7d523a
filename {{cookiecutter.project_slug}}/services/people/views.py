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
from .departments import list_departments
from .selectors import describe_visibility, search_people, serialize_people, visible_people
from .serializers import (
    DepartmentSerializer,
    EntrySerializer,
    OwnEntrySerializer,
    PrivacySerializer,
    ProfileSerializer,
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


class CountingPagination(RankPagination):
    """Also counts all people who match, with the first page."""

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        described = super().get_paginated_response_schema(schema)
        count = {"type": "integer", "nullable": True, "description": "All who match; null on further pages."}
        described["properties"] = {"count": count, **described["properties"]}
        return described


class PeopleView(generics.GenericAPIView[Any]):
    """List and search the people whose profile is visible to the visitor."""

    throttle_classes = [WriteThrottle, SearchThrottle]
    queryset = Person.objects.none()
    serializer_class = EntrySerializer
    pagination_class = CountingPagination

    @extend_schema(operation_id="people", parameters=[SearchSerializer], responses=EntrySerializer(many=True))
    def get(self, request: Request) -> Response:
        serializer = SearchSerializer(data=request.query_params)
        serializer.is_valid(raise_exception=True)
        visitor = visitor_of(request)
        values = serializer.validated_data
        people = search_people(
            text=values["search"], role=values["role"], department=values["department"], visitor=visitor
        )
        page = cast(list[Person], self.paginate_queryset(people))
        response = self.get_paginated_response(EntrySerializer(serialize_people(page, visitor), many=True).data)
        # Once is enough: the following pages have a cursor.
        is_first = CursorPagination.cursor_query_param not in request.query_params
        return Response({"count": people.count() if is_first else None, **response.data})


class PersonView(APIView):
    """Show a person's profile."""

    @extend_schema(operation_id="person", responses=ProfileSerializer)
    def get(self, request: Request, pk: int) -> Response:
        visitor = visitor_of(request)
        person = get_object_or_404(visible_people(visitor), pk=pk)
        (entry,) = serialize_people([person], visitor, photo="large")
        return Response(ProfileSerializer({**entry, "shown_to": describe_visibility(person, entry)}).data)


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


class DepartmentsView(APIView):
    """List the departments that the list of people can be filtered by, with the number of people in each."""

    @extend_schema(operation_id="people_departments", responses=DepartmentSerializer(many=True))
    def get(self, request: Request) -> Response:
        departments = list_departments(on_campus=visitor_of(request).is_on_campus)
        return Response(DepartmentSerializer(departments, many=True).data)
