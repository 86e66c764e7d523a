from django.urls import path

from .views import InboxView, MarkReadView

urlpatterns = [
    path("", InboxView.as_view(), name="inbox"),
    path("read/", MarkReadView.as_view(), name="mark-read"),
]
