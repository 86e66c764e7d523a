"""The sign-in API, mounted at /_allauth/: allauth's addresses, the portal's own views first."""

from allauth.headless.constants import Client
from django.urls import include, path

from core.api.views import not_found

from .views import ConfigView, ManageEmailView, SessionsView

urlpatterns = [
    path("browser/v1/config", ConfigView.as_api_view(client=Client.BROWSER)),
    path("browser/v1/auth/sessions", SessionsView.as_api_view(client=Client.BROWSER)),
    path("browser/v1/account/email", ManageEmailView.as_api_view(client=Client.BROWSER)),
    path("browser/v1/account/phone", not_found),  # nobody has a number here, and allauth would ask for one
    path("", include("allauth.headless.urls")),
]
