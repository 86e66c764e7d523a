from django.urls import path

from .photo_views import MyPhotoView, PhotoView
from .role_views import EndRoleView, PersonRolesView, RoleHistoryView, RoleView

urlpatterns = [
    path("me/photo/", MyPhotoView.as_view(), name="my-photo"),
    path("roles/<int:pk>/", RoleView.as_view(), name="role"),
    path("roles/<int:pk>/end/", EndRoleView.as_view(), name="role-end"),
    path("<int:pk>/photo/<str:size>/", PhotoView.as_view(), name="photo"),
    path("<int:pk>/roles/", PersonRolesView.as_view(), name="person-roles"),
    path("<int:pk>/roles/history/", RoleHistoryView.as_view(), name="person-role-history"),
]
