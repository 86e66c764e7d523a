from django.urls import path

from .views import (
    CheckImportView,
    ConfirmImportView,
    ExportView,
    ImportProblemsFileView,
    ImportProblemsView,
    ImportsView,
    ImportView,
)

urlpatterns = [
    path("export/", ExportView.as_view(), name="manage-export"),
    path("imports/", ImportsView.as_view(), name="manage-imports"),
    path("imports/<int:pk>/", ImportView.as_view(), name="manage-import"),
    path("imports/<int:pk>/check/", CheckImportView.as_view(), name="manage-import-check"),
    path("imports/<int:pk>/confirm/", ConfirmImportView.as_view(), name="manage-import-confirm"),
    path("imports/<int:pk>/problems/", ImportProblemsView.as_view(), name="manage-import-problems"),
    path("imports/<int:pk>/problems/file/", ImportProblemsFileView.as_view(), name="manage-import-problems-file"),
]
