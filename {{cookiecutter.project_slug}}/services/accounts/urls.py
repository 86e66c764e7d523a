from django.urls import path

from .views import OwnPhotoView, PhotoView

urlpatterns = [
    path("photo/", OwnPhotoView.as_view(), name="own-photo"),
    path("<int:pk>/photo/<str:size>/", PhotoView.as_view(), name="photo"),
]
