from django.urls import path

from .preference_views import PreferencesView
from .views import CountView, DeleteView, MarkReadView, NotificationsView, NotificationView

urlpatterns = [
    path("", NotificationsView.as_view(), name="notifications"),
    path("count/", CountView.as_view(), name="count"),
    path("read/", MarkReadView.as_view(), name="mark-read"),
    path("delete/", DeleteView.as_view(), name="delete"),
    path("preferences/", PreferencesView.as_view(), name="preferences"),
    path("<int:message_id>/", NotificationView.as_view(), name="notification"),
]
