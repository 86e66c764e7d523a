"""What maintainers read about clients: how they are used, and what they can be given."""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from core.audit.events import Event
from core.audit.models import AuditEntry

from .models import ClientRegistration

SIGN_IN_DAYS = 30


def client_registrations() -> QuerySet[ClientRegistration]:
    """Return the clients by name, each with `people`, who use it now, and `last_sign_in_at`. One query."""
    connections = "client__connections"
    found = ClientRegistration.objects.select_related("client").annotate(
        people=Count(connections, filter=Q(**{f"{connections}__since__isnull": False})),
        last_sign_in_at=Max(f"{connections}__last_sign_in_at"),
    )
    return found.order_by("client__name", "pk")


def client_sign_ins(registration: ClientRegistration) -> QuerySet[AuditEntry]:
    """Return the entries of the audit log about sign-ins at a client, of the last 30 days."""
    since = timezone.now() - timedelta(days=SIGN_IN_DAYS)
    return AuditEntry.objects.filter(event=Event.CLIENT_SIGN_IN, at__gte=since, details__client=registration.client_id)


def audience_options() -> dict[str, list[dict[str, Any]]]:
    """Return the rings, roles and details of roles of `portal.yaml`, each with its name and its title."""
    portal = settings.PORTAL
    return {
        "rings": [{"name": name, "title": name} for name in portal.rings],
        "roles": [{"name": name, "title": role.title} for name, role in portal.roles.items()],
        "details": [
            {"name": f"{name}.{field}", "title": f"{role.title}: {schema.get('title', field)}"}
            for name, role in portal.roles.items()
            for field, schema in role.details.get("properties", {}).items()
        ],
    }
