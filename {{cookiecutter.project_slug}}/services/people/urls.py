from django.urls import path

from .role_views import EndRoleView, PersonRolesView, RoleHistoryView, RoleView

urlpatterns = [
    path("<int:pk>/roles/", PersonRolesView.as_view(), name="person-roles"),
    path("<int:pk>/roles/history/", RoleHistoryView.as_view(), name="person-role-history"),
    path("roles/<int:pk>/", RoleView.as_view(), name="role"),
    path("roles/<int:pk>/end/", EndRoleView.as_view(), name="role-end"),
]
