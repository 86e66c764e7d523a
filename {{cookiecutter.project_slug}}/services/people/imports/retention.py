"""Delete old imports: files that nobody imported after a day, and the records of finished ones after 90 days."""

from datetime import timedelta

from django.utils import timezone

from services.people.models import PeopleImport, State

UNFINISHED_DAYS = 1
FINISHED_DAYS = 90


def delete_old_imports() -> None:
    now = timezone.now()
    imports = PeopleImport.objects.all()
    imports.filter(created_at__lt=now - timedelta(days=FINISHED_DAYS)).delete()
    imports.filter(created_at__lt=now - timedelta(days=UNFINISHED_DAYS)).exclude(state=State.DONE).delete()
