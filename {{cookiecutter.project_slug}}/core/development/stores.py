"""The embedded stores of a development server: four Redis servers in one Python process.

They live in the process that supervises the others, so that a reload of the code loses nothing: whoever is signed in
stays so. Commands beside it find them by the file that core.configuration.embedded reads.
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
    """Another development server of this portal holds the embedded stores."""


@contextmanager
def embedded_stores(base_directory: Path) -> Iterator[dict[str, str]]:
    """Serve the stores on free ports of the loopback address; variable → address, while it lasts.

    Raises AlreadyRunning when another process serves this portal's.
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
        addresses = {variable: stack.enter_context(served_store()) for variable in VARIABLES}
        file.truncate(0)
        json.dump(addresses, file)
        file.flush()
        try:
            yield addresses
        finally:
            file.truncate(0)


@contextmanager
def served_store() -> Iterator[str]:
    """One store, served by a thread; its address."""
    from fakeredis import TcpFakeServer  # a development dependency, which takes a while to import

    server = TcpFakeServer(("127.0.0.1", 0))
    server.daemon_threads = True  # clients that are still connected must not hold the process
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    thread.start()
    try:
        yield f"redis://127.0.0.1:{server.server_address[1]}/0"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
