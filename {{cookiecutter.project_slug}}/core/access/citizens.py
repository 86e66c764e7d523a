"""The installed services and apps by name, for look-ups whose cost does not grow with their number."""

from functools import cache

from django.conf import settings

from core.discovery import Citizen


@cache
def citizens() -> dict[str, Citizen]:
    return {citizen.name: citizen for citizen in settings.CONFIGURATION.citizens}
