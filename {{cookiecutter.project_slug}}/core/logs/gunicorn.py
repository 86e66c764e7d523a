"""Gunicorn's log: of its own affairs alone."""

from typing import Any

from gunicorn.glogging import Logger as GunicornLogger


class Logger(GunicornLogger):
    def access(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> None:
        """Say nothing of a request: core.http.request_log does, and knows the person too. One line is enough."""
