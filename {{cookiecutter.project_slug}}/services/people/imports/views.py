"""The API of imports and of the export. Maintainers see their own imports only."""

import csv
import io
from collections import Counter
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.exceptions import APIException
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.permissions import IsMaintainer
from core.api.throttling import UploadThrottle, WriteThrottle
from core.audit.events import Event
from core.audit.recording import record
from services.people.models import PeopleImport, State
from services.people.numbered_pages import page_of
from services.people.records.cells import escape_formula
from services.people.records.exporting import export_records
from services.people.role_views import maintainer_of

from .actions import LARGEST_FILE, WrongState, import_check_again, import_confirm, import_start
from .progress import read_progress
from .serializers import ImportSerializer, ImportUploadSerializer, ProblemsFilterSerializer, ProblemsPageSerializer

RECENT = 20
FIELDS = ("line", "column", "found", "allowed")


class MayImport(IsMaintainer):
    """Requires the permissions to add and change people and roles: a file may do all of it."""

    required: tuple[str, ...] = ("add_person", "change_person", "add_role", "change_role")

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not super().has_permission(request, view):
            return False
        names = [f"core_people.{name}" for name in self.required]
        self.message = _("Only available to maintainers with these permissions: %(names)s.") % {
            "names": ", ".join(names)
        }
        return request.user.has_perms(names)


class MayExport(MayImport):
    """Requires the permissions to view people and roles."""

    required = ("view_person", "view_role")


class Conflict(APIException):
    status_code = 409


class FileTooLarge(APIException):
    status_code = 413


class ImportsView(APIView):
    """List the maintainer's latest imports, and upload a file, which is then checked."""

    permission_classes = [MayImport]
    parser_classes = [MultiPartParser]
    throttle_classes = [WriteThrottle, UploadThrottle]

    @extend_schema(operation_id="people_imports", responses=ImportSerializer(many=True))
    def get(self, request: Request) -> Response:
        imports = PeopleImport.objects.filter(by=maintainer_of(request)).defer("content", "problems")[:RECENT]
        return Response(ImportSerializer([describe(one) for one in imports], many=True).data)

    @extend_schema(
        operation_id="people_import_start",
        request={"multipart/form-data": ImportUploadSerializer},
        responses={202: ImportSerializer},
    )
    def post(self, request: Request) -> Response:
        serializer = ImportUploadSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        file = serializer.validated_data["file"]
        if file.size > LARGEST_FILE:
            raise FileTooLarge(_("The file has more than 5 MB. Import it with the command import_people."))
        started = import_start(
            name=file.name or "",
            content=file.read(),
            updates=serializer.validated_data["updates"],
            by=maintainer_of(request),
        )
        return import_response(started, status=202)


class ImportView(APIView):
    """Show how far an import is, and discard it."""

    permission_classes = [MayImport]

    @extend_schema(operation_id="people_import", responses=ImportSerializer)
    def get(self, request: Request, pk: int) -> Response:
        return import_response(own_import(request, pk))

    @extend_schema(operation_id="people_import_discard", request=None, responses={204: None})
    def delete(self, request: Request, pk: int) -> Response:
        found = own_import(request, pk)
        if found.state in {State.IMPORTING, State.DONE}:
            raise conflict()
        found.delete()
        return Response(status=204)


class StepView(APIView):
    """Starts a step of an import, which the worker does."""

    permission_classes = [MayImport]

    def step(self, request: Request, found: PeopleImport) -> PeopleImport:
        raise NotImplementedError

    def post(self, request: Request, pk: int) -> Response:
        try:
            return import_response(self.step(request, own_import(request, pk)), status=202)
        except WrongState as error:
            raise conflict() from error


@extend_schema_view(
    post=extend_schema(operation_id="people_import_confirm", request=None, responses={202: ImportSerializer})
)
class ConfirmImportView(StepView):
    """Import what the check found: exactly that, or nothing if the portal has changed since."""

    def step(self, request: Request, found: PeopleImport) -> PeopleImport:
        return import_confirm(found, by=maintainer_of(request))


@extend_schema_view(
    post=extend_schema(operation_id="people_import_check", request=None, responses={202: ImportSerializer})
)
class CheckImportView(StepView):
    """Check the file once more, after the portal has changed or a check has failed."""

    def step(self, request: Request, found: PeopleImport) -> PeopleImport:
        return import_check_again(found)


class ImportProblemsView(APIView):
    """List the problems of a file, by line."""

    permission_classes = [MayImport]

    @extend_schema(
        operation_id="people_import_problems", parameters=[ProblemsFilterSerializer], responses=ProblemsPageSerializer
    )
    def get(self, request: Request, pk: int) -> Response:
        serializer = ProblemsFilterSerializer(data=request.query_params)
        serializer.is_valid(raise_exception=True)
        values = dict(serializer.validated_data)
        column = values.pop("column")
        problems = [one for one in own_import(request, pk).problems if not column or one[1] == column]
        page = page_of(problems, **values)
        page["results"] = [dict(zip(FIELDS, one, strict=True)) for one in page["results"]]
        return Response(ProblemsPageSerializer(page).data)


class CsvView(APIView):
    """Answers with CSV whatever the client accepts. Only errors are JSON."""

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:
        return super().perform_content_negotiation(request, force=True)


class ImportProblemsFileView(CsvView):
    """Download the problems of a file as CSV, to correct them beside it."""

    permission_classes = [MayImport]

    @extend_schema(operation_id="people_import_problems_file", responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request, pk: int) -> HttpResponse:
        found = own_import(request, pk)
        text = io.StringIO(newline="")
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(FIELDS)
        writer.writerows([line, *map(escape_formula, texts)] for line, *texts in found.problems)
        return HttpResponse(text.getvalue(), headers=attachment("problems.csv"))


class ExportView(CsvView):
    """Download all people and their roles as CSV, in the format that an import reads."""

    permission_classes = [MayExport]

    @extend_schema(operation_id="people_export", responses={(200, "text/csv"): OpenApiTypes.STR})
    def get(self, request: Request) -> HttpResponse:
        text = io.StringIO(newline="")  # about 100 bytes a row
        left_out = export_records(text)
        record(Event.PEOPLE_EXPORTED, by=maintainer_of(request), left_out=dict(left_out))
        return HttpResponse(text.getvalue(), headers=attachment(f"people-{timezone.localdate()}.csv"))


def attachment(name: str) -> dict[str, str]:
    return {"Content-Type": "text/csv; charset=utf-8", "Content-Disposition": f'attachment; filename="{name}"'}


def own_import(request: Request, pk: int) -> PeopleImport:
    return get_object_or_404(PeopleImport.objects.defer("content"), pk=pk, by=maintainer_of(request))


def conflict() -> Conflict:
    return Conflict(_("This is not possible any more. Reload the page to see how far the import is."))


def import_response(found: PeopleImport, *, status: int = 200) -> Response:
    return Response(ImportSerializer(describe(found, in_full=True)).data, status=status)


def describe(found: PeopleImport, *, in_full: bool = False) -> dict[str, Any]:
    """Return the data of ImportSerializer; without `in_full`, neither progress nor columns."""
    fields = ("id", "name", "updates", "state", "rows", "problem_count", "created_at", "finished_at")
    is_running = found.state in {State.CHECKING, State.IMPORTING}
    columns = Counter(one[1] for one in found.problems).most_common() if in_full else []
    return {
        **{name: getattr(found, name) for name in fields},
        "columns": [{"column": column, "problems": number} for column, number in columns],
        "summary": found.summary or None,
        "progress": read_progress(found.pk) if in_full and is_running else None,
    }
