"""Gunicorn's log lines, in the same JSON as all others."""

from typing import Any

import structlog
from gunicorn.glogging import Logger as GunicornLogger

logger = structlog.get_logger("portal.access")


class Logger(GunicornLogger):
    """Tells of a request by its path (a query may hold a one-time code), with the id that Django logs too."""

    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> None:
        if environ.get("PATH_INFO") == "/health/live/" and resp.status.startswith("200"):
            return
        logger.info(
            "access",
            request_id=environ.get("HTTP_X_REQUEST_ID"),
            method=environ.get("REQUEST_METHOD"),
            path=environ.get("PATH_INFO"),
            status=int(resp.status.split()[0]),
            bytes=resp.sent,
            milliseconds=round(request_time.total_seconds() * 1000, 1),
            address=environ.get("HTTP_X_FORWARDED_FOR"),
        )
