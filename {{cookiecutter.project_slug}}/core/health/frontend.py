"""The health check of the frontend's build."""

import re
from pathlib import Path

from django.conf import settings
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from .checks import Degraded, HealthCheck


class FrontendCheck(HealthCheck):
    tier = 3
    service = "frontend"
    title = _("Frontend")
    technology = "React"
    in_readiness = False

    def round_trip(self) -> str:
        build: Path = settings.FRONTEND_BUILD
        try:
            page = (build / "index.html").read_text()
        except FileNotFoundError:
            raise Degraded(_("not built here. Run make frontend/build; make dev needs no build")) from None
        names = re.findall(r'(?:src|href)="?/static/frontend/([^"\s>]+)', page)
        if missing := [name for name in names if not (build / name).is_file()]:
            raise Degraded(format_lazy(_("the first page refers to missing files: {files}"), files=", ".join(missing)))
        return f"built, with {len(names)} files on the first page"
