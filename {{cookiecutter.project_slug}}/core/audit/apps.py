from django.apps import AppConfig


class AuditConfig(AppConfig):
    name = "core.audit"
    label = "core_audit"
    verbose_name = "Audit"

    def ready(self) -> None:
        from .admin_log import record_admin_log

        record_admin_log()
