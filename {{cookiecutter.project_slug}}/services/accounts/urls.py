from django.urls import path

from .views import ActivityView, OwnPhotoView, PhotoView, SecondFactorApprovalView

urlpatterns = [
    path("second-factor-approval/", SecondFactorApprovalView.as_view(), name="second-factor-approval"),
    path("activity/", ActivityView.as_view(), name="activity"),
    path("photo/", OwnPhotoView.as_view(), name="own-photo"),
    path("<int:pk>/photo/<str:size>/", PhotoView.as_view(), name="photo"),
]
