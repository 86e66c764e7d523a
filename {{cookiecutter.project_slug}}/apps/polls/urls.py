from django.urls import path

from .views import (
    AudienceView,
    CloseView,
    CountsView,
    DocumentView,
    ExportView,
    PollDraftView,
    PollsView,
    PollView,
    VoteView,
)

urlpatterns = [
    path("", PollsView.as_view(), name="polls"),
    path("audience/", AudienceView.as_view(), name="audience"),
    path("counts/", CountsView.as_view(), name="counts"),
    path("draft/", PollDraftView.as_view(), name="draft"),
    path("<int:pk>/", PollView.as_view(), name="poll"),
    path("<int:pk>/close/", CloseView.as_view(), name="close"),
    path("<int:pk>/document/", DocumentView.as_view(), name="poll-document"),
    path("<int:pk>/export/", ExportView.as_view(), name="export"),
    path("<int:pk>/vote/", VoteView.as_view(), name="vote"),
]
