"""Read API tokens, and the scopes that they can have."""

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from core.catalogues.texts import translate
from core.people.models import Person
from core.plugins.registry import installed_plugins

from .models import ApiToken


def working_tokens(person: Person) -> QuerySet[ApiToken]:
    """Return the tokens of a person that work, the newest first."""
    return ApiToken.objects.filter(
        person=person, expires_at__gt=timezone.now(), auth_hash=person.get_session_auth_hash()
    )


def scope_texts(*, every_site: bool = False) -> dict[str, str]:
    """Return the full name of each scope of an app on this site, or on any, and what it lets a script do."""
    return {
        f"{plugin.name}.{name}": translate(text)
        for plugin in installed_plugins().values()
        if every_site or settings.SITE is None or settings.SITE in plugin.manifest.audience.sites
        for name, text in plugin.manifest.scopes.items()
    }
