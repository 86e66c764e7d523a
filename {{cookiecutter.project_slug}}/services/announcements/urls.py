from django.urls import path

from .views import (
    AnnouncementDraftView,
    AnnouncementsView,
    AnnouncementView,
    CancelView,
    ManagedAnnouncementsView,
    OptionsView,
    PreviewView,
    ReachView,
    SourceView,
)

urlpatterns = [
    path("", AnnouncementsView.as_view(), name="announcements"),
    path("all/", ManagedAnnouncementsView.as_view(), name="all"),
    path("draft/", AnnouncementDraftView.as_view(), name="draft"),
    path("options/", OptionsView.as_view(), name="options"),
    path("preview/", PreviewView.as_view(), name="preview"),
    path("reach/", ReachView.as_view(), name="reach"),
    path("<int:pk>/", AnnouncementView.as_view(), name="announcement"),
    path("<int:pk>/source/", SourceView.as_view(), name="source"),
    path("<int:pk>/cancel/", CancelView.as_view(), name="cancel"),
]
