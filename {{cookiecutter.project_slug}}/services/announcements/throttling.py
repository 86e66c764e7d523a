"""Limits what costs time while somebody writes: turning Markdown into a tree, and counting people."""

from django.utils.translation import gettext_lazy

from core.api.throttling import PersonThrottle


class PreviewThrottle(PersonThrottle):
    scope = "announcements.previews"
    rate = "120/minute"
    description = gettext_lazy("see the preview")


class ReachThrottle(PersonThrottle):
    scope = "announcements.reach"
    rate = "60/minute"
    description = gettext_lazy("count the people that an announcement reaches")
