"""The API of a draft, to inherit from. In the page, `useDraft` of @portal/sdk/draft is its other half.

class LoanDraftSerializer(DraftSerializer):
    title = serializers.CharField(max_length=200, allow_blank=True, required=False)

class LoanDraftView(DraftView):
    serializer_class = LoanDraftSerializer
    namespace, name, lifetime = "library", "loan", timedelta(days=7)
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from typing import Any, ClassVar, cast

import structlog
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import APIException
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.http.outage import RETRY_AFTER_SECONDS
from core.people.models import Person
from core.stores.drafts import Draft, DraftTooLarge, drafts
from core.stores.outage import is_outage

from .throttling import DraftThrottle

logger = structlog.get_logger(__name__)


class DraftsUnavailable(APIException):
    """Becomes 503 with Retry-After."""

    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_detail = gettext_lazy(
        "Drafts cannot be kept right now. What you typed stays on the page. You can go on and send it."
    )
    wait = RETRY_AFTER_SECONDS


class DraftSerializer(serializers.Serializer[Any]):
    """The fields of a draft. A subclass adds those of the form: each may be left out or empty, and has a limit."""

    saved_at = serializers.DateTimeField(read_only=True)


class DraftView(APIView):
    """Read, save and discard the draft of the person who has signed in.

    A subclass names its `serializer_class`, the `namespace` of its app, the `name` of the draft, and its `lifetime`. A
    view with a draft for each row overrides `draft_name`.
    """

    permission_classes = [IsAuthenticated]
    throttle_classes = [DraftThrottle]
    serializer_class: type[DraftSerializer]
    namespace: ClassVar[str]
    name: ClassVar[str]
    lifetime: ClassVar[timedelta]

    def __init_subclass__(cls, **more: Any) -> None:
        """Describe the view in the schema, in which each has a serializer of its own."""
        super().__init_subclass__(**more)
        draft = cls.serializer_class
        extend_schema_view(
            get=extend_schema(responses={200: draft, 204: OpenApiResponse(description="There is no draft.")}),
            put=extend_schema(request=draft, responses=draft),
            delete=extend_schema(request=None, responses={204: None}),
        )(cls)

    def draft_name(self) -> str:
        return self.name

    def get(self, request: Request, **path: Any) -> Response:
        with store_or_503():
            draft = drafts(self.namespace).read(self.person_id, self.draft_name())
        return Response(status=HTTPStatus.NO_CONTENT) if draft is None else self.respond(draft)

    def put(self, request: Request, **path: Any) -> Response:
        serializer = self.serializer_class(data=request.data)
        serializer.is_valid(raise_exception=True)
        try:
            with store_or_503():
                draft = drafts(self.namespace).save(
                    self.person_id, self.draft_name(), dict(serializer.validated_data), lifetime=self.lifetime
                )
        except DraftTooLarge as error:
            raise serializers.ValidationError(
                _("This is too long to keep as a draft: %(error)s.") % {"error": error}
            ) from error
        return self.respond(draft)

    def delete(self, request: Request, **path: Any) -> Response:
        with store_or_503():
            drafts(self.namespace).discard(self.person_id, self.draft_name())
        return Response(status=HTTPStatus.NO_CONTENT)

    @property
    def person_id(self) -> int:
        return cast(Person, self.request.user).pk

    def respond(self, draft: Draft) -> Response:
        return Response(self.serializer_class({**draft.value, "saved_at": draft.saved_at}).data)


@contextmanager
def store_or_503() -> Iterator[None]:
    """Raise DraftsUnavailable while the application store is down or full. The rest of the portal works."""
    try:
        yield
    except Exception as error:
        if not is_outage(error):
            raise
        logger.warning("drafts_unavailable", error=type(error).__name__, reason=str(error))
        raise DraftsUnavailable from error
