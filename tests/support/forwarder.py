"""A port of this machine at another of its addresses, such as one that containers reach."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer

from tests.support.network import HOST

CHUNK = 64 * 1024


@contextmanager
def forwarding(address: str, port: int) -> Iterator[None]:
    """Pass connections to `address` on to the same port of the loopback address, in the block."""
    with Forwarder((address, port), ForwardConnection) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        try:
            yield
        finally:
            server.shutdown()


class Forwarder(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


class ForwardConnection(BaseRequestHandler):
    def handle(self) -> None:
        with socket.create_connection((HOST, self.server.server_address[1])) as onward:
            back = threading.Thread(target=copy, args=(onward, self.request), daemon=True)
            back.start()
            copy(self.request, onward)
            back.join()


def copy(source: socket.socket, destination: socket.socket) -> None:
    """Send what arrives, to the end of either connection."""
    with suppress(OSError):
        while data := source.recv(CHUNK):
            destination.sendall(data)
    with suppress(OSError):
        destination.shutdown(socket.SHUT_WR)
