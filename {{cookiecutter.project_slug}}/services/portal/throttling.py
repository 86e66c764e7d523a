"""How often one person may do what the shell does."""

from django.utils.translation import gettext_lazy

from core.api.throttling import PersonThrottle


class AttentionThrottle(PersonThrottle):
    """Limits how often pages ask all apps what needs attention. Each page does when it is loaded, and home twice."""

    scope = "attention"
    rate = "240/minute"
    description = gettext_lazy("ask what needs attention")


class FindThrottle(PersonThrottle):
    """Limits the searches in all apps. Pages search while somebody types, so it allows more than SearchThrottle."""

    scope = "find"
    rate = "120/minute"
    description = gettext_lazy("search")


class RecentThrottle(PersonThrottle):
    """Limits how often pages record that somebody opened an app."""

    scope = "recent"
    rate = "60/minute"
    description = gettext_lazy("open an app")
