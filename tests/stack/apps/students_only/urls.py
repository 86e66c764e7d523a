from django.urls import path
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView


class StudentsOnlyView(APIView):
    """A text for students."""

    @extend_schema(operation_id="students_only", responses={200: dict})
    def get(self, request: Request) -> Response:
        return Response({"text": "for students only"})


urlpatterns = [path("", StudentsOnlyView.as_view())]
