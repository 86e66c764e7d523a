"""The API of the shell."""

from django.conf import settings
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.access.visitor import visitor_of
from core.people.models import Person
from services.notifications.selectors import unread_count

from .selectors import current_language, languages, person_summary, visible_apps
from .serializers import PortalSerializer


@method_decorator([never_cache, ensure_csrf_cookie], name="dispatch")
class PortalView(APIView):
    """Return the data that the shell needs for every page, and set the CSRF cookie."""

    @extend_schema(operation_id="portal", responses=PortalSerializer)
    def get(self, request: Request) -> Response:
        portal, person, visitor = settings.PORTAL, request.user, visitor_of(request)
        data = {
            "name": portal.name,
            "description": portal.description,
            "institute": {"name": portal.institute.name, "url": portal.institute.url},
            "site": settings.SITE,
            "language": current_language(),
            "languages": languages(),
            "branding": portal.branding.model_dump(),
            "person": person_summary(visitor),
            "apps": visible_apps(visitor),
            "unread": unread_count(person.pk) if isinstance(person, Person) else 0,
        }
        return Response(PortalSerializer(data).data)
