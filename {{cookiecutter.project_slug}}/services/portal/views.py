"""The API of the shell."""

from typing import cast

from django.conf import settings
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from drf_spectacular.utils import extend_schema
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.access.visitor import visitor_of
from core.api.rest_framework_internals import django_request
from core.api.throttling import PresenceThrottle
from core.languages.choice import activate_language_of, chosen_language, portal_languages
from core.languages.cookie import set_language_cookie
from core.people.models import Person
from services.notifications.selectors import unread_count

from .finding import find
from .pinned import pinned_apps, pinned_apps_update
from .presence import may_look_at, people_at
from .recent import recent_apps, recent_apps_record
from .selectors import current_language, openable_names, person_summary, visible_apps, visible_icons
from .serializers import (
    AttentionSerializer,
    FindSerializer,
    FoundSerializer,
    OpenedSerializer,
    PinnedSerializer,
    PortalSerializer,
    PresenceSerializer,
    RecentSerializer,
    VisitSerializer,
)
from .throttling import AttentionThrottle, FindThrottle, RecentThrottle
from .waiting import what_waits


@method_decorator([never_cache, ensure_csrf_cookie], name="dispatch")
class PortalView(APIView):
    """Return the data that the shell needs for every page, and set the CSRF cookie."""

    @extend_schema(operation_id="portal", responses=PortalSerializer)
    def get(self, request: Request) -> Response:
        portal, visitor = settings.PORTAL, visitor_of(request)
        person = request.user if isinstance(request.user, Person) else None
        if person:
            activate_language_of(person)
        apps = visible_apps(visitor)
        openable = {app["name"] for app in apps}
        data = {
            "name": portal.name,
            "description": portal.description,
            "institute": {"name": portal.institute.name, "url": portal.institute.url},
            "site": settings.SITE,
            "language": current_language(),
            "languages": portal_languages(),
            "time_zone": settings.TIME_ZONE,
            "now": timezone.localtime(),
            "branding": portal.branding.model_dump(),
            "person": person_summary(visitor),
            "apps": apps,
            "icons": visible_icons(apps),
            "pinned": pinned_apps(person, openable) if person else [],
            "recent": recent_apps(person, openable) if person else [],
            "unread": unread_count(person.pk) if person else 0,
        }
        response = Response(PortalSerializer(data).data)
        if person and (language := chosen_language(person)):
            set_language_cookie(response, django_request(request), language)
        return response


class PinnedView(APIView):
    """Pin apps."""

    permission_classes = [IsAuthenticated]

    @extend_schema(operation_id="portal_pinned", request=PinnedSerializer, responses=PinnedSerializer)
    def put(self, request: Request) -> Response:
        openable = openable_names(visitor_of(request))
        serializer = PinnedSerializer(data=request.data, context={"openable": openable})
        serializer.is_valid(raise_exception=True)
        names = serializer.validated_data["apps"]
        pinned = pinned_apps_update(person=cast(Person, request.user), names=names, openable=openable)
        return Response({"apps": pinned})


class RecentView(APIView):
    """Record that the person has opened an app. Pages do so by themselves, so it is not a write of the person."""

    permission_classes = [IsAuthenticated]
    throttle_classes = [RecentThrottle]

    @extend_schema(operation_id="portal_recent", request=OpenedSerializer, responses=RecentSerializer)
    def post(self, request: Request) -> Response:
        openable = openable_names(visitor_of(request))
        serializer = OpenedSerializer(data=request.data, context={"openable": openable})
        serializer.is_valid(raise_exception=True)
        name = serializer.validated_data["app"]
        recent = recent_apps_record(person=cast(Person, request.user), name=name, openable=openable)
        return Response({"apps": recent})


@method_decorator(never_cache, name="dispatch")
class AttentionView(APIView):
    """Ask all apps what needs the person's attention."""

    permission_classes = [IsAuthenticated]
    throttle_classes = [AttentionThrottle]

    @extend_schema(operation_id="portal_attention", responses=AttentionSerializer)
    def get(self, request: Request) -> Response:
        activate_language_of(cast(Person, request.user))
        return Response(AttentionSerializer(what_waits(visitor_of(request))).data)


@method_decorator(never_cache, name="dispatch")
class SearchView(APIView):
    """Search in all apps that the visitor can open."""

    throttle_classes = [FindThrottle]

    @extend_schema(operation_id="portal_search", parameters=[FindSerializer], responses=FoundSerializer)
    def get(self, request: Request) -> Response:
        serializer = FindSerializer(data=request.query_params)
        serializer.is_valid(raise_exception=True)
        if isinstance(request.user, Person):
            activate_language_of(request.user)
        text, app = serializer.validated_data["q"], serializer.validated_data["app"]
        return Response(FoundSerializer(find(visitor_of(request), text, app)).data)


class PresenceView(APIView):
    """Report that the visitor looks at a topic, and return how many people do. Anonymous visitors are not counted."""

    permission_classes = [AllowAny]
    throttle_classes = [PresenceThrottle]

    @extend_schema(operation_id="portal_presence", request=VisitSerializer, responses=PresenceSerializer)
    def post(self, request: Request) -> Response:
        serializer = VisitSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        topic, visitor = serializer.validated_data["topic"], visitor_of(request)
        if not may_look_at(topic, visitor):
            raise NotFound(_("There is no such topic, or you may not read it."))
        people = people_at(topic, visitor, leave=serializer.validated_data["leave"])
        return Response({"people": people})
