"""Records in the audit log what Django's admin logs: every addition, change and deletion in /admin/."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.apps import apps

from .events import Event
from .recording import record

PERSON = "core_people.person"


def record_admin_log() -> None:
    """Let the admin's log write each of its entries to the audit log too, in the same transaction.

    All of them pass LogEntryManager.log_actions. No signal covers deletions, which the admin writes in bulk.
    """
    from django.contrib.admin import models

    events = {
        models.ADDITION: Event.ADMIN_ADDED,
        models.CHANGE: Event.ADMIN_CHANGED,
        models.DELETION: Event.ADMIN_DELETED,
    }

    def recorded(log_actions: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(log_actions)
        def log_and_record(
            manager: Any, user_id: Any, queryset: Any, action_flag: int, change_message: Any = "", **options: Any
        ) -> Any:
            objects = list(queryset)
            result = log_actions(manager, user_id, objects, action_flag, change_message=change_message, **options)
            by = apps.get_model(PERSON).objects.filter(pk=user_id).first()
            for instance in objects:
                label = instance._meta.label_lower
                record(
                    events[action_flag],
                    person=instance if label == PERSON else None,
                    by=by,
                    model=label,
                    object_id=str(instance.pk),
                    object=str(instance),
                    changes=change_message,
                )
            return result

        return log_and_record

    models.LogEntryManager.log_actions = recorded(models.LogEntryManager.log_actions)  # type: ignore[method-assign]  # no hook of Django's covers deletions
