"""The health check of the database."""

from django.contrib.auth.models import Group
from django.db import connection, transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from core.access.second_factors import count_undecryptable

from .checks import Degraded, HealthCheck, check_same
from .elsewhere import readable


class DatabaseCheck(HealthCheck):
    service = "database"
    title = _("Database")
    technology = "PostgreSQL"
    variable = "DATABASE_URL"
    embedded_backend = "SQLite"
    required = True

    def ping(self) -> str:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            check_same((1,), cursor.fetchone())
        return "answers"

    def round_trip(self) -> str:
        with transaction.atomic():
            group = Group.objects.create(name="health check")
            check_same("health check", Group.objects.values_list("name", flat=True).get(pk=group.pk))
            transaction.set_rollback(True)
        check_same(False, Group.objects.filter(pk=group.pk).exists())
        if count := count_undecryptable():
            raise Degraded(
                format_lazy(
                    _("no key of ENCRYPTION_KEYS decrypts {count} second factors: put the key that was removed back"),
                    count=count,
                ),
                advice="second-factors",
            )
        return "inserted, selected, rolled back"

    def encryption(self) -> str:
        connection.ensure_connection()
        return readable(connection.connection.info.ssl_attribute("protocol"))

    def version(self) -> str:
        if connection.vendor == "sqlite":
            return str(connection.Database.sqlite_version)  # type: ignore[attr-defined]  # of the sqlite3 module
        with connection.cursor() as cursor:
            cursor.execute("SHOW server_version")
            return str(cursor.fetchone()[0]).split()[0]
