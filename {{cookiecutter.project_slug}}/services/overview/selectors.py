"""What the overview shows, from the state of the stack. The worst comes first, everywhere."""

import platform
from datetime import UTC, datetime
from typing import Any

import django
from django.conf import settings
from django.utils.translation import get_language, gettext

from core.health.advice import ADVICE
from core.health.checks import HealthCheck
from core.health.monitor import INTERVAL_SECONDS, PartState, StackState
from core.health.servers import CERTIFICATE_DAYS
from core.health.stack import health_checks
from core.mail.models import Mail
from core.people.models import Person

from .figures import certificates, figures

# From the worst to the best. A part that waits needs another one, which failed.
ORDER = ("down", "degraded", "waiting", "ok")
MOST_MAILS = 10


def overview(state: StackState, person: Person) -> dict[str, Any]:
    """Return the data of OverviewSerializer."""
    checks = {check.service: check for check in health_checks()}
    parts = sorted(
        (serialize_part(check, state) for check in checks.values()), key=lambda part: ORDER.index(part["status"])
    )
    values = figures()
    return {
        "checked_at": moment(state.checked_at),
        "interval": INTERVAL_SECONDS,
        "environment": settings.CONFIGURATION.environment.portal_environment,
        "problems": [problem(part, state.parts[part["service"]]) for part in parts if part["status"] in ORDER[:2]],
        "tiers": [{"tier": tier, "parts": [part for part in parts if part["tier"] == tier]} for tier in (1, 2, 3)],
        "certificates": [one | {"ends_soon": one["days"] < CERTIFICATE_DAYS} for one in certificates()],
        "queues": [{"oldest": None, **queue} for queue in values["queues"]],
        "mail": values["mail"] | {"items": failed_mail(person)},
        "sign_ins": values["sign_ins"],
        "disk": values["disk"],
        "backups": values["backups"],
        "versions": [
            {"name": "Python", "version": platform.python_version()},
            {"name": "Django", "version": django.get_version()},
        ],
        "redis_gui": "redis-gui" in checks,
    }


def serialize_part(check: HealthCheck, state: StackState) -> dict[str, Any]:
    part = state.parts[check.service]
    return {
        "service": check.service,
        "title": str(check.title),
        "tier": check.tier,
        "technology": check.technology,
        "version": part.version,
        "embedded_backend": gettext(backend) if (backend := part.result.embedded_backend) else "",
        "status": status_of(check, state),
        "milliseconds": part.result.milliseconds,
        "detail": part.result.detail_in(get_language() or "en"),
    }


def status_of(check: HealthCheck, state: StackState) -> str:
    result = state.parts[check.service].result
    if result.status == "ok":
        return "ok"
    if any(state.parts[name].result.down for name in check.needs if name in state.parts):
        return "waiting"
    return "down" if result.down else "degraded"


def problem(part: dict[str, Any], state: PartState) -> dict[str, Any]:
    """Return what a failure means and what to do, in the reader's language."""
    advice = ADVICE[state.result.advice]
    return {
        "service": part["service"],
        "status": part["status"],
        "title": str(advice.title),
        "meaning": str(advice.meaning),
        "steps": [str(step) for step in advice.steps],
        "since": moment(state.failed_since) if state.failed_since else None,
        "detail": part["detail"],
    }


def failed_mail(person: Person) -> list[dict[str, Any]]:
    """Return the mails that were given up last, for people who may see them in /admin/."""
    if not person.has_perm("core_mail.view_mail"):
        return []
    mails = Mail.objects.failed().order_by("-given_up_at")[:MOST_MAILS]
    return [
        {
            "id": mail.pk,
            "subject": mail.subject,
            "recipient": mail.recipient,
            "error": mail.error,
            "given_up_at": mail.given_up_at,
        }
        for mail in mails
    ]


def moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
