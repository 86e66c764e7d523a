"""Spares the tests that commit the slowest step of Django's `flush`, which empties the tables after each of them."""

from typing import Any

from django.apps import apps
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.management import create_contenttypes
from django.contrib.contenttypes.models import ContentType
from django.db.models.signals import post_migrate


def restore_permissions_after_flush() -> None:
    """Let each flush write the content types and permissions that are in the database now.

    These are two statements. Django's own receivers look for every model and permission anew, with some hundred.
    """
    kept: list[tuple[Any, list[Any]]] = [(model, list(model.objects.all())) for model in (ContentType, Permission)]

    def restore(using: str, **_: Any) -> None:
        for model, rows in kept:
            model.objects.using(using).bulk_create(rows, ignore_conflicts=True)  # after a migration, they are there

    post_migrate.disconnect(create_contenttypes)
    post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
    post_migrate.connect(restore, sender=apps.get_app_config("contenttypes"), weak=False)
