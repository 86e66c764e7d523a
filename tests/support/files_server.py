"""An S3-like store on this machine: moto's server, and what is in its bucket."""

from __future__ import annotations

from typing import Any

import boto3
from moto.server import ThreadedMotoServer

BUCKET, ACCESS_KEY, SECRET = "portal-files", "portal", "the secret of the access key"


class FilesServer:
    """Runs until it is closed. It is shared by all of a process: `reset` empties it."""

    def __init__(self, host: str, port: int) -> None:
        self.host, self.port = host, port
        self.server = ThreadedMotoServer(ip_address=host, port=port, verbose=False)
        self.server.start()
        self.client: Any = boto3.client(
            "s3",
            endpoint_url=f"http://{host}:{port}",
            region_name="us-east-1",
            aws_access_key_id=ACCESS_KEY,
            aws_secret_access_key=SECRET,
        )
        self.client.create_bucket(Bucket=BUCKET)

    @property
    def url(self) -> str:
        """The portal's FILES_URL."""
        return f"s3://{ACCESS_KEY}@{self.host}:{self.port}/{BUCKET}/portal?security=none"

    def names(self) -> list[str]:
        found = self.client.list_objects_v2(Bucket=BUCKET).get("Contents", [])
        return sorted(one["Key"] for one in found)

    def put(self, name: str, content: bytes) -> None:
        self.client.put_object(Bucket=BUCKET, Key=name, Body=content, ContentType="text/html")

    def close(self) -> None:
        self.server.stop()

    def __enter__(self) -> FilesServer:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
