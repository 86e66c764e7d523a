from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    BACKUP = "backup", _("backup")
    DRILL = "drill", _("drill")


class BackupRun(models.Model):
    """One backup, or one drill that restored a backup.

    infrastructure/backup adds the rows. The database role `portal_backup` may do nothing else here.
    """

    kind = models.CharField(_("kind"), max_length=10, choices=Kind.choices)
    finished_at = models.DateTimeField(_("finished at"), default=timezone.now)
    is_good = models.BooleanField(_("good"))
    detail = models.CharField(_("detail"), max_length=2000, blank=True, help_text=_("Figures, or why it failed."))

    class Meta:
        verbose_name = _("backup run")
        verbose_name_plural = _("backup runs")
        ordering = ["-finished_at"]
        default_permissions = ["view"]
        indexes = [models.Index(fields=["kind", "-finished_at"], name="backup_run_newest")]

    def __str__(self) -> str:
        return f"{self.kind} {self.finished_at:%Y-%m-%d %H:%M}"
