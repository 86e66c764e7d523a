"""A client that requests one URL so many times a second. A program for one IP address: python - OPTIONS

It needs Python alone, so that it runs in a container with an address of its own. It prints `ready` after its first
response. When its input ends, it prints how often each status came, as JSON. It waits for no response before the next
request, as many clients together do not.
"""

import argparse
import asyncio
import json
import ssl
import sys
from collections import Counter

MOST_AT_ONCE = 100  # connections; a client that has so many open skips a request


class SteadyClient:
    def __init__(self, options: argparse.Namespace) -> None:
        self.options = options
        self.statuses: Counter[str] = Counter()
        self.tls = ssl.create_default_context()
        self.tls.check_hostname, self.tls.verify_mode = False, ssl.CERT_NONE
        self.request = f"GET {options.path} HTTP/1.1\r\nHost: {options.host}\r\nConnection: keep-alive\r\n\r\n".encode()
        self.idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def send(self) -> None:
        """Send one request, on a connection that another one has left if there is one."""
        try:
            reader, writer = self.idle.pop() if self.idle else await self.connect()
            writer.write(self.request)
            header = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            if "content-length:" in header:
                await reader.readexactly(int(header.split("content-length:")[1].split()[0]))
            self.statuses[header[9:12]] += 1
            if "connection: close" in header or "content-length:" not in header:
                writer.close()
            else:
                self.idle.append((reader, writer))
        except (OSError, asyncio.IncompleteReadError) as error:
            self.statuses[type(error).__name__] += 1

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        name = self.options.host.partition(":")[0]
        return await asyncio.open_connection(self.options.server, self.options.port, ssl=self.tls, server_hostname=name)

    async def send_steadily(self) -> None:
        tasks: set[asyncio.Task[None]] = set()
        loop = asyncio.get_running_loop()
        next_at = loop.time()
        while True:
            if len(tasks) < MOST_AT_ONCE:
                task = asyncio.create_task(self.send())
                tasks.add(task)
                task.add_done_callback(tasks.discard)
            else:
                self.statuses["skipped"] += 1
            next_at += 1 / self.options.rate
            await asyncio.sleep(max(0, next_at - loop.time()))

    async def run(self) -> None:
        task = asyncio.create_task(self.send_steadily())
        while not self.statuses:
            await asyncio.sleep(0.05)
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.read)
        task.cancel()
        print(json.dumps({"statuses": self.statuses}), flush=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--server", required=True)
    parser.add_argument("--port", type=int, default=8443)
    parser.add_argument("--host", required=True, help="the site's domain, with its port")
    parser.add_argument("--path", required=True)
    parser.add_argument("--rate", type=float, required=True, help="requests a second")
    asyncio.run(SteadyClient(parser.parse_args()).run())


if __name__ == "__main__":
    main()
