from typing import Any, cast

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics
from rest_framework.exceptions import APIException, ValidationError
from rest_framework.permissions import DjangoModelPermissionsOrAnonReadOnly, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.access.visitor import visitor_of
from core.api.drafts import DraftView
from core.api.files import FileUploadView
from core.api.pagination import CursorPagination
from core.api.permissions import require, require_owner
from core.api.search import WordsFilter
from core.api.throttling import SearchThrottle, WriteThrottle, throttle
from core.live.publishing import publish
from core.people.models import Person

from .actions import (
    DRAFT,
    DRAFT_LIFETIME,
    AlreadyVoted,
    PollClosed,
    poll_close,
    poll_create,
    poll_delete,
    vote_cast,
)
from .exporting import poll_csv
from .models import Poll
from .permissions import ANNOUNCING_ROLES, may_announce
from .selectors import poll_counts, polls, polls_in_list
from .serializers import (
    AudienceSerializer,
    CountsSerializer,
    NewPollSerializer,
    PollDraftSerializer,
    PollSerializer,
    ShowSerializer,
    VoteSerializer,
    serialize_polls,
)

POLLS_LIMIT = "20/day"  # of one person


class Conflict(APIException):
    status_code = 409


def closed() -> Conflict:
    return Conflict(_("This poll has closed."))


def poll_response(request: Request, poll: Poll, status: int = 200) -> Response:
    (answer,) = serialize_polls([poll], request.user.pk)
    return Response(PollSerializer(answer).data, status=status)


class PollPagination(CursorPagination):
    """Shows open polls by which closes first, closed ones by which closed last, and others by which is newest."""

    def get_ordering(self, request: Request, queryset: Any, view: APIView) -> tuple[str, ...]:
        soonest, latest = ("closes_at", "id"), ("-closes_at", "-id")
        orders = {"open": soonest, "not_voted": soonest, "closed": latest}
        return orders.get(request.query_params.get("show", ""), ("-id",))


class PollsView(generics.GenericAPIView):
    """List polls, or open one."""

    queryset = Poll.objects.none()
    serializer_class = PollSerializer
    pagination_class = PollPagination
    filter_backends = [WordsFilter]
    search_fields = ["question", "choices__text"]
    throttle_classes = [WriteThrottle, SearchThrottle]
    scopes = {"GET": "read"}

    @extend_schema(operation_id="polls", parameters=[ShowSerializer], responses=PollSerializer(many=True))
    def get(self, request: Request) -> Response:
        query = ShowSerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        found = polls_in_list(query.validated_data.get("show"), request.user.pk)
        page = cast(list[Poll], self.paginate_queryset(self.filter_queryset(found)))
        return self.get_paginated_response(PollSerializer(serialize_polls(page, request.user.pk), many=True).data)

    @extend_schema(operation_id="polls_create", request=NewPollSerializer, responses={201: PollSerializer})
    def post(self, request: Request) -> Response:
        serializer = NewPollSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        author = cast(Person, request.user)
        if serializer.validated_data["roles"]:
            require(request, roles=ANNOUNCING_ROLES)
        throttle(request, "polls.created", POLLS_LIMIT, _("open a poll"))
        return poll_response(request, poll_create(author=author, **serializer.validated_data), status=201)


class CountsView(APIView):
    """How many polls the lists have."""

    scopes = {"GET": "read"}

    @extend_schema(operation_id="polls_counts", responses=CountsSerializer)
    def get(self, request: Request) -> Response:
        return Response(CountsSerializer(poll_counts(request.user.pk)).data)


class AudienceView(APIView):
    """The roles whose people this person may notify of a new poll."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="polls_audience", responses=AudienceSerializer)
    def get(self, request: Request) -> Response:
        roles = settings.PORTAL.roles.items() if may_announce(visitor_of(request)) else ()
        return Response({"roles": [{"name": name, "title": role.title} for name, role in roles]})


class PollView(APIView):
    """Read a poll, or delete it with Django's permission polls.delete_poll."""

    queryset = Poll.objects.none()  # names the model for the permission class
    permission_classes = [DjangoModelPermissionsOrAnonReadOnly]
    scopes = {"GET": "read"}

    @extend_schema(operation_id="poll", responses=PollSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return poll_response(request, get_object_or_404(polls(), pk=pk))

    @extend_schema(operation_id="poll_delete", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        poll_delete(poll=get_object_or_404(polls(), pk=pk), by=cast(Person, request.user))
        return Response(status=204)


class CloseView(APIView):
    """Close a poll early."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="poll_close", request=None, responses=PollSerializer)
    def post(self, request: Request, pk: int) -> Response:
        poll = get_object_or_404(polls(), pk=pk)
        require_owner(request, poll.author, permission="polls.change_poll")
        try:
            poll_close(poll=poll, by=cast(Person, request.user))
        except PollClosed as error:
            raise closed() from error
        return poll_response(request, get_object_or_404(polls(), pk=pk))


class VoteView(APIView):
    """Vote, or change a vote. The same request again changes nothing, so it can be repeated after an outage."""

    scopes = {"PUT": "vote"}

    @extend_schema(operation_id="poll_vote", request=VoteSerializer, responses=PollSerializer)
    def put(self, request: Request, pk: int) -> Response:
        poll = get_object_or_404(polls(), pk=pk)
        serializer = VoteSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        chosen = serializer.validated_data["choice"]
        choice = next((choice for choice in poll.choices.all() if choice.pk == chosen), None)
        if choice is None:
            raise ValidationError({"choice": _("This is not a choice of this poll. Reload the page and vote again.")})
        try:
            vote_cast(person=cast(Person, request.user), poll=poll, choice=choice)
        except PollClosed as error:
            raise closed() from error
        except AlreadyVoted as error:
            raise Conflict(_("You have voted. Votes of this poll cannot change.")) from error
        return poll_response(request, get_object_or_404(polls(), pk=pk))


class ExportView(APIView):
    """The result as CSV."""

    permission_classes = [IsAuthenticated]
    scopes = {"GET": "read"}

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        """Answer with CSV whatever the client accepts. Only errors are JSON."""
        return super().perform_content_negotiation(request, force=True)

    @extend_schema(operation_id="poll_export", responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, pk: int) -> HttpResponse:
        poll = get_object_or_404(polls(), pk=pk)
        require_owner(request, poll.author, permission="polls.change_poll")
        disposition = f'attachment; filename="poll-{poll.pk}.csv"'
        return HttpResponse(
            poll_csv(poll), content_type="text/csv; charset=utf-8", headers={"Content-Disposition": disposition}
        )


class DocumentView(FileUploadView):
    """The document of a poll, for everyone who sees the poll. Its author adds and removes it."""

    queryset = polls()
    file_field = "document"

    def may_change(self, request: Request, instance: Poll) -> bool:
        return instance.author_id == request.user.pk or request.user.has_perm("polls.change_poll")

    def after_change(self, instance: Poll) -> None:
        publish(instance.topic)


class PollDraftView(DraftView):
    """The person's unfinished poll."""

    serializer_class = PollDraftSerializer
    namespace, name, lifetime = "polls", DRAFT, DRAFT_LIFETIME
