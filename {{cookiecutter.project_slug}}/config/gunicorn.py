"""Gunicorn's settings: HTTP for one site, over TCP, so that a site can have any number of servers.

https://docs.gunicorn.org/en/stable/settings.html
"""

import gc
import os

from core.configuration.problems import ConfigurationError
from core.deployment import listening
from core.deployment.processes import container_megabytes, server_processes
from core.logs.configuration import logging_configuration

bind = [f"{address}:{listening.PORT}" for address in listening.addresses()]
proc_name = "portal"

worker_class = "gthread"
try:
    workers = server_processes(int(os.environ.get("SERVER_PROCESSES") or 0) or None, container_megabytes())
except ConfigurationError as error:
    raise SystemExit(str(error)) from None
# Each thread has a connection to the database. core/hashing/limits.py lets half of them hash passwords at once.
threads = 4
backlog = 512

# A worker writes its heartbeat to a file. In memory, a slow disk cannot make a worker look dead.
worker_tmp_dir = "/dev/shm"  # noqa: S108
timeout = 60  # seconds
graceful_timeout = 30  # seconds
keepalive = 75  # seconds; NGINX closes its connections after 60, so that it is always NGINX that closes

# A worker is replaced after so many requests. The jitter keeps them from being replaced all at once.
max_requests = 10_000
max_requests_jitter = 1_000

limit_request_line = 8190
limit_request_fields = 64
limit_request_field_size = 8190

# Only the reverse proxy shares a network with the address above, and it overwrites every forwarding header.
forwarded_allow_ips = "*"
forwarder_headers = "SCRIPT_NAME,PATH_INFO"
control_socket_disable = True

logger_class = "core.logs.gunicorn.Logger"
logconfig_dict = logging_configuration(json=True, quiet=False)


def post_worker_init(worker: object) -> None:
    """Exclude what was created at start from garbage collection: it lives as long as the worker."""
    gc.collect()
    gc.freeze()
