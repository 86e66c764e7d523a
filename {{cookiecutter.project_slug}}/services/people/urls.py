from django.urls import path

from .photo_views import MyPhotoView, PhotoView

urlpatterns = [
    path("me/photo/", MyPhotoView.as_view(), name="my-photo"),
    path("<int:pk>/photo/<str:size>/", PhotoView.as_view(), name="photo"),
]
