"""The tasks of imports. Each can run any number of times."""

from datetime import timedelta

from celery import shared_task

from core.periodic import periodic

from . import retention, steps


@shared_task(name="people.check_import")
def check_import(pk: int) -> None:
    """Check the file of an import."""
    steps.check(pk)


@shared_task(name="people.apply_import")
def apply_import(pk: int) -> None:
    """Write what the check of an import found."""
    steps.apply(pk)


@periodic(every=timedelta(hours=6))
def delete_old_imports() -> None:
    """Delete imports that nobody needs any more."""
    retention.delete_old_imports()
