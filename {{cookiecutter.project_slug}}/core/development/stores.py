"""Serve the embedded stores of a development server: four Redis servers in one Python process.

They live in the process that supervises the others, so that a reload of the code loses nothing and everyone stays
signed in. Commands that run beside it find them through the file that core.configuration.embedded reads.
"""

import fcntl
import json
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from threading import Thread

from core.configuration.embedded import FILE_NAME

VARIABLES = ("SESSION_STORE_URL", "NOTIFICATION_STORE_URL", "CHANNEL_LAYER_URL", "APPLICATION_STORE_URL")


class AlreadyRunning(Exception):
    """Another development server of this portal serves the embedded stores."""


@contextmanager
def embedded_stores(base_directory: Path) -> Iterator[None]:
    """Serve the stores on free ports of the loopback address, and write their URLs to the file for other processes.

    Raises AlreadyRunning when another process serves the stores of this portal.
    """
    path = base_directory / FILE_NAME
    path.parent.mkdir(exist_ok=True)
    with path.open("a+") as file, ExitStack() as stack:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(
                "A development server of this portal is running already. Stop it first, or use it."
            ) from None
        urls = {variable: stack.enter_context(embedded_store()) for variable in VARIABLES}
        file.truncate(0)
        json.dump(urls, file)
        file.flush()
        try:
            yield
        finally:
            file.truncate(0)


@contextmanager
def embedded_store() -> Iterator[str]:
    """Serve one store from a thread, and return its URL."""
    from fakeredis import TcpFakeServer  # takes a while to import, and only development installs it

    server = TcpFakeServer(("127.0.0.1", 0))
    server.daemon_threads = True  # a client that is still connected must not keep the process alive
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield f"redis://127.0.0.1:{server.server_address[1]}/0"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
