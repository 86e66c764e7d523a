"""Gunicorn's settings: HTTP for one site, on a UNIX socket that NGINX finds, whatever address the container has.

https://docs.gunicorn.org/en/stable/settings.html
"""

import gc
import os

from core.logs.configuration import logging_configuration

# The first is NGINX's. The second is for the health check, inside the container.
bind = ["unix:/run/portal/server.sock", "127.0.0.1:8000"]
umask = 0o007
proc_name = "portal"

worker_class = "gthread"
# As many as there are processors, and at most 8: each takes some 75 MB, and at its busiest a connection to the
# database for each of its threads. SERVER_PROCESSES says otherwise; compose.yaml has the limits that go with it.
workers = int(os.environ.get("SERVER_PROCESSES") or 0) or min(8, max(2, len(os.sched_getaffinity(0))))
threads = 4
backlog = 512

# A worker writes its heartbeat to a file: in memory, so that a slow disk kills nobody.
worker_tmp_dir = "/dev/shm"  # noqa: S108
timeout = 60
graceful_timeout = 30
keepalive = 75  # longer than NGINX keeps its connections (60), so that NGINX is the one to close them


# Workers are made anew now and then, and never all at once.
max_requests = 10_000
max_requests_jitter = 1_000

limit_request_line = 8190
limit_request_fields = 64
limit_request_field_size = 8190

# Only the reverse proxy reaches the socket; it overwrites every forwarding header.
forwarded_allow_ips = "*"
forwarder_headers = "SCRIPT_NAME,PATH_INFO"
control_socket_disable = True

logger_class = "core.logs.gunicorn.Logger"
logconfig_dict = logging_configuration(json=True, quiet=False)


def post_worker_init(worker: object) -> None:
    """Spare the garbage collector what the start made: it lives as long as the worker does."""
    gc.collect()
    gc.freeze()
