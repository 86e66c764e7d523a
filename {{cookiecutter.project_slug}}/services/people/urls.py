from django.urls import include, path

from .role_views import EndRoleView, PersonRolesView, RoleHistoryView, RoleView
from .views import DepartmentsView, OwnEntryView, PeopleView, PersonView, RolesView

urlpatterns = [
    path("", PeopleView.as_view(), name="people"),
    path("me/", OwnEntryView.as_view(), name="me"),
    path("departments/", DepartmentsView.as_view(), name="departments"),
    path("manage/", include("services.people.manage.urls")),
    path("manage/", include("services.people.imports.urls")),
    path("roles/", RolesView.as_view(), name="roles"),
    path("roles/<int:pk>/", RoleView.as_view(), name="role"),
    path("roles/<int:pk>/end/", EndRoleView.as_view(), name="role-end"),
    path("<int:pk>/", PersonView.as_view(), name="person"),
    path("<int:pk>/roles/", PersonRolesView.as_view(), name="person-roles"),
    path("<int:pk>/roles/history/", RoleHistoryView.as_view(), name="person-role-history"),
]
