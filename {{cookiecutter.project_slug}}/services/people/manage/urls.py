from django.urls import path

from .views import (
    DeactivateView,
    EndRoleView,
    GrantableRolesView,
    GrantRoleView,
    InvitePersonView,
    ManagedPeopleView,
    ManagedPersonView,
    ReactivateView,
)

urlpatterns = [
    path("", ManagedPeopleView.as_view(), name="manage-people"),
    path("<int:pk>/", ManagedPersonView.as_view(), name="manage-person"),
    path("<int:pk>/invite/", InvitePersonView.as_view(), name="manage-invite"),
    path("roles/", GrantableRolesView.as_view(), name="manage-roles"),
    path("roles/grant/", GrantRoleView.as_view(), name="manage-grant-role"),
    path("roles/end/", EndRoleView.as_view(), name="manage-end-role"),
    path("deactivate/", DeactivateView.as_view(), name="manage-deactivate"),
    path("reactivate/", ReactivateView.as_view(), name="manage-reactivate"),
]
