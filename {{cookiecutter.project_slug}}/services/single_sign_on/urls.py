from django.urls import path

from .views import (
    ClientLogoUploadView,
    ClientLogoView,
    ClientSecretView,
    ClientSignInsView,
    ClientsView,
    ClientView,
    ConnectionsView,
    ConnectionView,
)

urlpatterns = [
    path("clients/", ClientsView.as_view(), name="clients"),
    path("clients/<int:pk>/", ClientView.as_view(), name="client"),
    path("clients/<int:pk>/secret/", ClientSecretView.as_view(), name="client-secret"),
    path("clients/<int:pk>/sign-ins/", ClientSignInsView.as_view(), name="client-sign-ins"),
    path("clients/<int:pk>/logo/", ClientLogoUploadView.as_view(), name="own-client-logo"),
    path("clients/<int:pk>/logo/<str:size>/", ClientLogoView.as_view(), name="client-logo"),
    path("connections/", ConnectionsView.as_view(), name="connections"),
    path("connections/<int:pk>/", ConnectionView.as_view(), name="connection"),
]
