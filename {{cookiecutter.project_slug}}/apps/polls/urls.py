from django.urls import path

from .views import CloseView, DraftView, PollsView, PollView, VoteView

urlpatterns = [
    path("", PollsView.as_view(), name="polls"),
    path("draft/", DraftView.as_view(), name="draft"),
    path("<int:pk>/", PollView.as_view(), name="poll"),
    path("<int:pk>/close/", CloseView.as_view(), name="close"),
    path("<int:pk>/vote/", VoteView.as_view(), name="vote"),
]
