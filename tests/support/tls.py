"""TLS as a browser does it that trusts a portal's local certificate authority."""

import select
import ssl
import threading
from pathlib import Path
from typing import Any


class LockedSocket(ssl.SSLSocket):
    """A TLS socket on which one thread may read while another writes.

    An OpenSSL connection must not be used by two threads at the same time. The WebSocket client reads in a thread of
    its own: about once in a hundred times, data that the other thread wrote was never sent. A lock separates the two.
    No thread holds it while it waits for the network.
    """

    @property
    def lock(self) -> threading.RLock:
        return self.__dict__.setdefault("_lock", threading.RLock())

    def recv(self, buflen: int = 1024, flags: int = 0) -> bytes:
        while True:
            with self.lock:
                timeout = self.gettimeout()
                self.settimeout(0)
                try:
                    return super().recv(buflen, flags)
                except ssl.SSLWantReadError:
                    pass  # no data yet, or only TLS's own messages
                finally:
                    self.settimeout(timeout)
            if not select.select([self], [], [], timeout)[0]:
                raise TimeoutError

    def sendall(self, data: Any, flags: int = 0) -> None:
        with self.lock:
            super().sendall(data, flags)


def context_of(authority: Path) -> ssl.SSLContext:
    """Return a context that accepts certificates of this authority and no others."""
    context = ssl.create_default_context(cafile=authority)
    context.sslsocket_class = LockedSocket
    return context
