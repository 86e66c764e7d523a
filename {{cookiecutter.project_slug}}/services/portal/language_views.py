"""The API of the language that a visitor reads."""

from drf_spectacular.utils import extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.rest_framework_internals import django_request
from core.languages.cookie import set_language_cookie
from core.people.models import Person

from .actions import language_choose
from .serializers import LanguageChoiceSerializer


class LanguageView(APIView):
    """Choose the language. For people, the portal remembers it on all their devices; for others, the browser does."""

    permission_classes = [AllowAny]

    @extend_schema(operation_id="portal_language", request=LanguageChoiceSerializer, responses=LanguageChoiceSerializer)
    def put(self, request: Request) -> Response:
        serializer = LanguageChoiceSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        language = serializer.validated_data["language"]
        if isinstance(request.user, Person):
            language_choose(person=request.user, language=language)
        response = Response(serializer.data)
        set_language_cookie(response, django_request(request), language)
        return response
