"""One change of the containers at a time."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager

from .docker import ROOT
from .problems import DeploymentError

FILE = ROOT / "var" / "deployment.lock"


@contextmanager
def locked(command: str) -> Iterator[None]:
    """Hold the lock of this portal's containers. Raises DeploymentError when another command holds it.

    The kernel releases it when the process ends, however that happens.
    """
    FILE.parent.mkdir(exist_ok=True)
    with FILE.open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            found = f"{file.read().strip() or 'another command'} is changing the containers"
            raise DeploymentError(found, do="wait until it has ended, then try again") from None
        file.truncate(0)
        file.write(f"{command} (process {os.getpid()})\n")
        file.flush()
        yield
