"""The current request of the development server: what it has cost, and the line of the app that is running."""

import traceback
from collections import Counter
from contextvars import ContextVar
from dataclasses import dataclass, field

from django.conf import settings

from core.logs.frames import nearest


@dataclass
class Costs:
    """What the current request has cost so far."""

    statements: Counter[str] = field(default_factory=Counter)
    places: dict[str, str] = field(default_factory=dict)
    sql_seconds: float = 0.0
    stores: int = 0
    store_seconds: float = 0.0

    def as_fields(self) -> dict[str, float]:
        """Return the fields of the log line."""
        return {
            "sql": self.statements.total(),
            "sql_milliseconds": round(self.sql_seconds * 1000, 1),
            "stores": self.stores,
            "stores_milliseconds": round(self.store_seconds * 1000, 1),
        }


current: ContextVar[Costs | None] = ContextVar("costs", default=None)


def place_of_caller() -> str:
    """Return the line of the app, or of the portal, that leads here; core/development does not count."""
    frames = [(frame.filename, frame.lineno or 0) for frame in traceback.extract_stack(limit=80)]
    own = str(settings.BASE_DIRECTORY / "core" / "development")
    return nearest([one for one in frames if not one[0].startswith(own)], settings.BASE_DIRECTORY)
