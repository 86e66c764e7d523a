"""Gunicorn's log, without its access log."""

from typing import Any

from gunicorn.glogging import Logger as GunicornLogger


class Logger(GunicornLogger):  # type: ignore[misc]  # gunicorn has no types
    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> None:
        """Do nothing: core.http.request_log logs each request, with its person."""
