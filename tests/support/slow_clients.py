"""Clients that hold connections of the reverse proxy and never finish. A program for one IP address: python - OPTIONS

It needs Python alone, so that it runs in a container with an address of its own. When it has opened its connections, it
prints `ready`. It opens those again that the server closes. When its input ends, it prints how often each kind was
opened, as JSON.
"""

import argparse
import asyncio
import json
import random
import ssl
import sys
from collections import Counter

KINDS = ("silent", "half a header", "half a body", "slow reader", "websocket")
DRIP_SECONDS = 4  # between two bytes of a header or a body
OPEN_AT_ONCE = 50  # handshakes


def request(kind: str, options: argparse.Namespace) -> bytes:
    """Return what a client of this kind sends at once."""
    host = f"Host: {options.host}\r\n"
    return {
        "silent": "",
        "half a header": f"GET / HTTP/1.1\r\n{host}X-Slow: ",
        "half a body": f"POST {options.body_path} HTTP/1.1\r\n{host}Content-Type: application/json\r\n"
        "Content-Length: 900000\r\n\r\n" + "x" * 2000,
        "slow reader": f"GET {options.page} HTTP/1.1\r\n{host}Accept-Encoding: identity\r\n\r\n",
        "websocket": f"GET {options.socket_path} HTTP/1.1\r\n{host}Origin: https://{options.host}\r\n"
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
        "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==\r\n\r\n",
    }[kind].encode()


class SlowClients:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.opened: Counter[str] = Counter()
        self.statuses: Counter[str] = Counter()
        self.at_once = asyncio.Semaphore(OPEN_AT_ONCE)
        self.tls = ssl.create_default_context()
        self.tls.check_hostname, self.tls.verify_mode = False, ssl.CERT_NONE

    async def hold(self, kind: str) -> None:
        """Hold one connection until the server closes it."""
        async with self.at_once:
            reader, writer = await asyncio.open_connection(
                self.options.server,
                self.options.port,
                ssl=self.tls,
                server_hostname=self.options.host.partition(":")[0],
                limit=1024,
            )
            self.opened[kind] += 1
            writer.write(request(kind, self.options))
            await writer.drain()
        try:
            if kind == "slow reader":
                status = await reader.readline()
                self.statuses[f"{kind} {status[9:12].decode()}"] += 1
                writer.transport.pause_reading()
                await asyncio.sleep(3600)
            elif kind in {"half a header", "half a body"}:
                while not reader.at_eof():
                    await asyncio.sleep(DRIP_SECONDS)
                    writer.write(b"x")
                    await writer.drain()
            else:
                if kind == "websocket":
                    status = await reader.readline()
                    self.statuses[f"{kind} {status[9:12].decode()}"] += 1
                while await reader.read(1024):
                    pass
        finally:
            writer.transport.abort()

    async def keep(self, kind: str) -> None:
        while True:
            try:
                await self.hold(kind)
            except (OSError, asyncio.IncompleteReadError):
                self.opened[f"{kind}, not opened or cut off"] += 1
            await asyncio.sleep(random.uniform(0.5, 1.5))

    async def run(self) -> None:
        kinds = [KINDS[number % len(KINDS)] for number in range(self.options.connections)]
        if self.options.kind:
            kinds = [self.options.kind] * self.options.connections
        tasks = [asyncio.create_task(self.keep(kind)) for kind in kinds]
        while sum(self.opened.values()) < self.options.connections:
            await asyncio.sleep(0.05)
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.read)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        print(json.dumps({"opened": self.opened, "statuses": self.statuses}), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", required=True)
    parser.add_argument("--port", type=int, default=8443)
    parser.add_argument("--host", required=True, help="the site's domain, with its port")
    parser.add_argument("--connections", type=int, default=500)
    parser.add_argument("--kind", choices=KINDS)
    parser.add_argument("--page", default="/")
    parser.add_argument("--body-path", default="/api/polls/")
    parser.add_argument("--socket-path", default="/ws/portal/")
    asyncio.run(SlowClients(parser.parse_args()).run())


if __name__ == "__main__":
    main()
