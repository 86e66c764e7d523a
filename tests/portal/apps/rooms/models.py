from datetime import datetime, timedelta

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

SLOT = timedelta(minutes=15)


class Room(models.Model):
    """A room that people can book. Maintainers manage rooms in /admin/."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    place = models.CharField(_("place"), max_length=100, help_text=_("The building and the floor."))
    seats = models.PositiveSmallIntegerField(_("seats"), validators=[MinValueValidator(1), MaxValueValidator(5000)])
    equipment = models.CharField(
        _("equipment"), max_length=200, blank=True, help_text=_("What is in the room, such as a projector.")
    )

    class Meta:
        ordering = ["name"]
        verbose_name = _("room")
        verbose_name_plural = _("rooms")

    def __str__(self) -> str:
        return self.name


class BookingQuerySet(models.QuerySet["Booking"]):
    def between(self, start: datetime, end: datetime) -> "BookingQuerySet":
        """Return the bookings that overlap a period."""
        return self.filter(starts_at__lt=end, ends_at__gt=start)

    def due(self) -> "BookingQuerySet":
        """Return the bookings whose person is to be reminded now."""
        return self.filter(remind_at__lte=timezone.now(), starts_at__gt=timezone.now())


class Booking(models.Model):
    """A room in a period of one day, for one person. It never changes: only `booking_create` makes one, with its slots.

    `remind_at` is empty once the person was reminded, and for a booking that was made later than that.
    """

    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="bookings", verbose_name=_("room"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="rooms_bookings", verbose_name=_("person")
    )
    title = models.CharField(_("title"), max_length=100)
    starts_at = models.DateTimeField(_("start"))
    ends_at = models.DateTimeField(_("end"))
    remind_at = models.DateTimeField(_("reminder"), null=True, db_index=True, editable=False)

    objects = BookingQuerySet.as_manager()

    class Meta:
        ordering = ["starts_at", "id"]
        indexes = [models.Index(fields=["room", "starts_at"])]
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")

    def __str__(self) -> str:
        return self.title


class Slot(models.Model):
    """A quarter of an hour of a booking.

    The unique constraint is what refuses a second booking of the same time, also when two people book at the same
    moment. An exclusion constraint on a range would need no rows, but only PostgreSQL has it, and with the extension
    btree_gist. A unique constraint is the same on SQLite, so development and tests have the rule of production.
    `room` repeats that of the booking for the constraint.
    """

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="slots")
    room = models.ForeignKey(Room, on_delete=models.CASCADE, related_name="+", db_index=False)
    starts_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["room", "starts_at"], name="rooms_one_booking_at_a_time")]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"
