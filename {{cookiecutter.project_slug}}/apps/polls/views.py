from typing import Any, cast

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import generics
from rest_framework.exceptions import APIException
from rest_framework.permissions import DjangoModelPermissionsOrAnonReadOnly, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.people.models import Person

from .actions import PollClosed, draft_discard, draft_save, poll_close, poll_create, poll_delete, vote_cast
from .models import Poll
from .permissions import MayClose
from .selectors import draft_of, polls
from .serializers import DraftSerializer, NewPollSerializer, PollSerializer, VoteSerializer, serialize_polls


class Closed(APIException):
    status_code = 409
    default_detail = "This poll has closed."


def poll_response(request: Request, poll: Poll, status: int = 200) -> Response:
    (answer,) = serialize_polls([poll], request.user.pk)
    return Response(PollSerializer(answer).data, status=status)


class PollsView(generics.GenericAPIView):
    """List polls, or open one."""

    queryset = Poll.objects.none()
    serializer_class = PollSerializer

    @extend_schema(operation_id="polls", responses=PollSerializer(many=True))
    def get(self, request: Request) -> Response:
        page = cast(list[Poll], self.paginate_queryset(polls()))
        return self.get_paginated_response(PollSerializer(serialize_polls(page, request.user.pk), many=True).data)

    @extend_schema(operation_id="polls_create", request=NewPollSerializer, responses={201: PollSerializer})
    def post(self, request: Request) -> Response:
        serializer = NewPollSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        poll = poll_create(author=cast(Person, request.user), **serializer.validated_data)
        return poll_response(request, poll, status=201)


class PollView(APIView):
    """Read a poll, or delete it with Django's permission polls.delete_poll."""

    queryset = Poll.objects.none()  # names the model for the permission class
    permission_classes = [DjangoModelPermissionsOrAnonReadOnly]

    @extend_schema(operation_id="poll", responses=PollSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return poll_response(request, get_object_or_404(polls(), pk=pk))

    @extend_schema(operation_id="poll_delete", responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        poll_delete(poll=get_object_or_404(polls(), pk=pk))
        return Response(status=204)


class CloseView(APIView):
    """Close a poll early."""

    permission_classes = [IsAuthenticated, MayClose]

    @extend_schema(operation_id="poll_close", request=None, responses=PollSerializer)
    def post(self, request: Request, pk: int) -> Response:
        poll = get_object_or_404(polls(), pk=pk)
        self.check_object_permissions(request, poll)
        try:
            poll_close(poll=poll)
        except PollClosed as error:
            raise Closed from error
        return poll_response(request, get_object_or_404(polls(), pk=pk))


class VoteView(APIView):
    """Vote, or change a vote."""

    @extend_schema(operation_id="poll_vote", request=VoteSerializer, responses=PollSerializer)
    def post(self, request: Request, pk: int) -> Response:
        poll = get_object_or_404(polls(), pk=pk)
        serializer = VoteSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        choice = get_object_or_404(poll.choices, pk=serializer.validated_data["choice"])
        try:
            vote_cast(person=cast(Person, request.user), poll=poll, choice=choice)
        except PollClosed as error:
            raise Closed from error
        return poll_response(request, get_object_or_404(polls(), pk=pk))


class DraftView(APIView):
    """The person's unfinished poll, kept for a week."""

    permission_classes = [IsAuthenticated]

    @extend_schema(
        operation_id="poll_draft",
        responses={200: DraftSerializer, 204: OpenApiResponse(description="There is no draft.")},
    )
    def get(self, request: Request) -> Response:
        draft = draft_of(cast(Person, request.user).pk)
        return Response(status=204) if draft is None else Response(DraftSerializer(draft).data)

    @extend_schema(operation_id="poll_draft_save", request=DraftSerializer, responses=DraftSerializer)
    def put(self, request: Request) -> Response:
        serializer = DraftSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        draft: dict[str, Any] = dict(serializer.validated_data)
        draft_save(person=cast(Person, request.user), draft=draft)
        return Response(draft)

    @extend_schema(operation_id="poll_draft_discard", responses={204: None})
    def delete(self, request: Request) -> Response:
        draft_discard(person=cast(Person, request.user))
        return Response(status=204)
