from django.conf import settings
from django.db import models


class PinnedApps(models.Model):
    """The names of the apps that a person has pinned, in their order."""

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    names = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.person_id}: {', '.join(self.names)}"
