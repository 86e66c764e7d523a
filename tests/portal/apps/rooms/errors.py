from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import APIException


class TimeTaken(APIException):
    """Another booking has a part of the time. The API answers 409."""

    status_code = 409
    default_code = "time_taken"
    default_detail = _("Somebody has just booked this time. Choose another one.")
