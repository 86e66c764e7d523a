from django.urls import path

from .views import CheckView, OverviewView, SendAgainView

urlpatterns = [
    path("", OverviewView.as_view(), name="overview"),
    path("check/", CheckView.as_view(), name="check"),
    path("mail/<int:pk>/send-again/", SendAgainView.as_view(), name="send-again"),
]
