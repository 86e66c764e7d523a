from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AuditConfig(AppConfig):
    name = "core.audit"
    label = "core_audit"
    verbose_name = _("Audit")

    def ready(self) -> None:
        from .admin_log import record_admin_log

        record_admin_log()
