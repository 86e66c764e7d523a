from django.urls import path

from services.notifications.mail.views import unsubscribe_view

from .language_views import LanguageView
from .views import AttentionView, PinnedView, PortalView, PresenceView, RecentView, SearchView

urlpatterns = [
    path("", PortalView.as_view(), name="portal"),
    path("language/", LanguageView.as_view(), name="language"),
    path("pinned/", PinnedView.as_view(), name="pinned"),
    path("recent/", RecentView.as_view(), name="recent"),
    path("attention/", AttentionView.as_view(), name="attention"),
    path("search/", SearchView.as_view(), name="search"),
    path("presence/", PresenceView.as_view(), name="presence"),
    # Here, because this service is open to everyone: who unsubscribes has not signed in.
    path("unsubscribe/<str:token>/", unsubscribe_view, name="unsubscribe"),
]
