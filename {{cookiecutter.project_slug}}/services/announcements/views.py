from datetime import timedelta
from typing import Any, cast

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.exceptions import APIException, NotFound
from rest_framework.permissions import SAFE_METHODS, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.access.visitor import visitor_of
from core.api.drafts import DraftView
from core.api.pagination import CursorPagination
from core.api.throttling import WriteThrottle
from core.people.models import Person

from .actions import TooLate, announcement_cancel, announcement_change, announcement_schedule
from .markdown import parse_markdown
from .models import Announcement
from .permissions import PERMISSION, IsComposer, composing_of
from .selectors import (
    all_announcements,
    announcements_for,
    current_announcements_for,
    managed_announcements,
    people_reached,
)
from .serializers import (
    AnnouncementDraftSerializer,
    AnnouncementPageSerializer,
    AnnouncementSerializer,
    ManagedAnnouncementSerializer,
    ManagedQuerySerializer,
    NewAnnouncementSerializer,
    OptionsSerializer,
    PreviewSerializer,
    ReachQuerySerializer,
    ReachSerializer,
    SourceSerializer,
    TreeSerializer,
    all_roles,
    serialize,
    serialize_managed,
    serialize_page,
    serialize_source,
)
from .throttling import PreviewThrottle, ReachThrottle


class AlreadySentOrCancelled(APIException):
    status_code = 409
    default_detail = gettext_lazy("This announcement was sent or cancelled before.")


class NewestSentFirst(CursorPagination):
    ordering = "-sent_at"


class ReadOrCompose(IsAuthenticated):
    """Let everyone who has signed in read, and composers write."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        if request.method in SAFE_METHODS:
            return super().has_permission(request, view)
        composer = IsComposer()
        allowed = composer.has_permission(request, view)
        self.message = getattr(composer, "message", None)
        return allowed


def author_of(request: Request) -> Person:
    return cast(Person, request.user)


def managed_response(announcement: Announcement, status: int = 200) -> Response:
    (answer,) = serialize_managed([announcement])
    return Response(ManagedAnnouncementSerializer(answer).data, status=status)


class AnnouncementsView(generics.GenericAPIView[Any]):
    """List the announcements for the visitor that have not expired, or write one."""

    queryset = Announcement.objects.none()
    serializer_class = AnnouncementSerializer
    pagination_class = NewestSentFirst
    permission_classes = [ReadOrCompose]

    @extend_schema(operation_id="announcements", responses=AnnouncementSerializer(many=True))
    def get(self, request: Request) -> Response:
        page = cast(list[Announcement], self.paginate_queryset(current_announcements_for(visitor_of(request).roles)))
        return self.get_paginated_response(AnnouncementSerializer(map(serialize, page), many=True).data)

    @extend_schema(
        operation_id="announcement_create",
        request=NewAnnouncementSerializer,
        responses={201: ManagedAnnouncementSerializer},
    )
    def post(self, request: Request) -> Response:
        serializer = NewAnnouncementSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        announcement = announcement_schedule(author=author_of(request), **serializer.validated_data)
        return managed_response(get_object_or_404(all_announcements(), pk=announcement.pk), status=201)


class AnnouncementView(APIView):
    """Show an announcement: a sent one to those whom it is for, any to those who write them."""

    @extend_schema(operation_id="announcement", responses=AnnouncementPageSerializer)
    def get(self, request: Request, pk: int) -> Response:
        announcement = announcements_for(visitor_of(request).roles).filter(pk=pk).first()
        if announcement is None and author_of(request).has_perm(PERMISSION):
            announcement = all_announcements().filter(pk=pk).first()
        if announcement is None:
            raise NotFound
        return Response(AnnouncementPageSerializer(serialize_page(announcement)).data)


class ManagedAnnouncementsView(generics.GenericAPIView[Any]):
    """List the announcements that wait to be sent, or those that do not any more, with their figures."""

    queryset = Announcement.objects.none()
    serializer_class = ManagedAnnouncementSerializer
    permission_classes = [IsComposer]

    @extend_schema(
        operation_id="announcements_managed",
        parameters=[ManagedQuerySerializer],
        responses=ManagedAnnouncementSerializer(many=True),
    )
    def get(self, request: Request) -> Response:
        serializer = ManagedQuerySerializer(data=request.query_params)
        serializer.is_valid(raise_exception=True)
        announcements = managed_announcements(scheduled=serializer.validated_data["scheduled"])
        page = cast(list[Announcement], self.paginate_queryset(announcements))
        return self.get_paginated_response(ManagedAnnouncementSerializer(serialize_managed(page), many=True).data)


class SourceView(APIView):
    """Read and change an announcement that was not sent, as it was written."""

    permission_classes = [IsComposer]

    @extend_schema(operation_id="announcement_source", responses=SourceSerializer)
    def get(self, request: Request, pk: int) -> Response:
        announcement = get_object_or_404(all_announcements(), pk=pk)
        if announcement.sent_at or announcement.cancelled_at:
            raise AlreadySentOrCancelled
        return Response(SourceSerializer(serialize_source(announcement)).data)

    @extend_schema(
        operation_id="announcement_change", request=NewAnnouncementSerializer, responses=ManagedAnnouncementSerializer
    )
    def put(self, request: Request, pk: int) -> Response:
        """Replace the announcement. Without `send_at`, it is sent now."""
        announcement = get_object_or_404(Announcement, pk=pk)
        serializer = NewAnnouncementSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        try:
            announcement_change(announcement=announcement, by=author_of(request), **serializer.validated_data)
        except TooLate as error:
            raise AlreadySentOrCancelled from error
        return managed_response(get_object_or_404(all_announcements(), pk=pk))


class CancelView(APIView):
    """Cancel an announcement that was not sent."""

    permission_classes = [IsComposer]

    @extend_schema(operation_id="announcement_cancel", request=None, responses=ManagedAnnouncementSerializer)
    def post(self, request: Request, pk: int) -> Response:
        announcement = get_object_or_404(Announcement, pk=pk)
        try:
            announcement_cancel(announcement=announcement, by=author_of(request))
        except TooLate as error:
            raise AlreadySentOrCancelled from error
        return managed_response(get_object_or_404(all_announcements(), pk=pk))


class AnnouncementDraftView(DraftView):
    """The announcement that the person is writing."""

    permission_classes = [IsComposer]
    serializer_class = AnnouncementDraftSerializer
    namespace, name, lifetime = "announcements", "announcement", timedelta(days=30)


class OptionsView(APIView):
    """Say whether the visitor can write announcements, and for which roles."""

    @extend_schema(operation_id="announcements_options", responses=OptionsSerializer)
    def get(self, request: Request) -> Response:
        return Response(OptionsSerializer({"composing": composing_of(author_of(request)), "roles": all_roles()}).data)


class PreviewView(APIView):
    """Turn Markdown into the tree that pages show."""

    permission_classes = [IsComposer]
    throttle_classes = [PreviewThrottle]  # it changes nothing, so it does not count as a write

    @extend_schema(operation_id="announcement_preview", request=PreviewSerializer, responses=TreeSerializer)
    def post(self, request: Request) -> Response:
        serializer = PreviewSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return Response(TreeSerializer({"tree": parse_markdown(serializer.validated_data["text"])}).data)


class ReachView(APIView):
    """Count the people whom an announcement would reach now."""

    permission_classes = [IsComposer]
    throttle_classes = [WriteThrottle, ReachThrottle]

    @extend_schema(operation_id="announcement_reach", parameters=[ReachQuerySerializer], responses=ReachSerializer)
    def get(self, request: Request) -> Response:
        serializer = ReachQuerySerializer(data=request.query_params)
        serializer.is_valid(raise_exception=True)
        return Response(ReachSerializer({"people": people_reached(serializer.validated_data["roles"])}).data)
