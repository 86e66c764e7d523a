"""Lets one thread of one process decode a picture at a time, because a large picture needs much memory."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from core.stores.lock_waits import MOST_SECONDS, lock_waits

from .errors import DecoderBusy

LOCK_TIMEOUT_SECONDS = MOST_SECONDS
LOCK_POLL_SECONDS = 0.05


@contextmanager
def decoder_lock() -> Iterator[None]:
    """Hold the lock of the decoder, which is that of the folder PROTECTED_ROOT.

    Raises DecoderBusy after the time that a request may wait for locks (core/stores/lock_waits.py). The kernel releases
    the lock of a process that dies.
    """
    folder = Path(settings.PROTECTED_ROOT)
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        started = time.monotonic()
        deadline = started + min(LOCK_TIMEOUT_SECONDS, lock_waits.remaining)
        try:
            while not try_lock(descriptor):
                if time.monotonic() > deadline:
                    raise DecoderBusy
                time.sleep(LOCK_POLL_SECONDS)
        finally:
            lock_waits.add(time.monotonic() - started)
        yield
    finally:
        os.close(descriptor)  # which also releases the lock


def try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
