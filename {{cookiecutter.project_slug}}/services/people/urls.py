from django.urls import path

from .views import OwnEntryView, PeopleView, PersonView, RolesView

urlpatterns = [
    path("", PeopleView.as_view(), name="people"),
    path("me/", OwnEntryView.as_view(), name="me"),
    path("roles/", RolesView.as_view(), name="roles"),
    path("<int:pk>/", PersonView.as_view(), name="person"),
]
