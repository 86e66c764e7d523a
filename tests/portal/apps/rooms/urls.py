from django.urls import path

from .views import BookingsView, BookingView, ExportView, RoomsView, RoomView

urlpatterns = [
    path("", RoomsView.as_view(), name="rooms"),
    path("<int:pk>/", RoomView.as_view(), name="room"),
    path("bookings/", BookingsView.as_view(), name="bookings"),
    path("bookings/<int:pk>/", BookingView.as_view(), name="booking"),
    path("bookings/export/", ExportView.as_view(), name="export"),
]
