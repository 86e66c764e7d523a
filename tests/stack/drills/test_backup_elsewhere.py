"""`make backup` stores backups in a bucket of an S3-like store, encrypted, and `make restore` reads them there."""

from collections.abc import Iterator

import pytest
from dotenv import set_key, unset_key

from tests.support.backups import make
from tests.support.compose import Stack, bridge_gateway, run
from tests.support.files_server import ACCESS_KEY, BUCKET, FilesServer
from tests.support.network import free_port

TEXT = "an upload that only some people may see"
UPLOAD = "/portal/var/protected/in a bucket.txt"


@pytest.fixture(scope="module")
def bucket(stack: Stack) -> Iterator[FilesServer]:
    """Let the backups be in a bucket of a store on this machine, which containers reach as the gateway of a bridge."""
    values = {"BACKUP_BUCKET_ACCESS_KEY": ACCESS_KEY, "BACKUP_BUCKET_SECRET_KEY": "secret-of-the-access-key"}
    with FilesServer(bridge_gateway(), free_port()) as server:
        repository = f"s3:http://{server.host}:{server.port}/{BUCKET}/backups"
        try:
            for name, value in {**values, "BACKUP_REPOSITORY": repository}.items():
                set_key(stack.portal / ".env", name, value, quote_mode="never")
            stack.execute("intranet-server", "python", "-c", f"open({UPLOAD!r}, 'w').write({TEXT!r})")
            yield server
        finally:
            unset_key(stack.portal / ".env", "BACKUP_REPOSITORY")
            for name in values:
                set_key(stack.portal / ".env", name, "", quote_mode="never")
            run("infrastructure/write-secrets", cwd=stack.portal)
            stack.execute("intranet-server", "rm", "-f", UPLOAD)


def test_a_backup_is_stored_encrypted_and_found_again(stack: Stack, bucket: FilesServer) -> None:
    first = make(stack, "backup")
    assert f"Created the repository s3:http://{bucket.host}" in first
    names = bucket.names()
    assert "backups/config" in names
    content = [bucket.client.get_object(Bucket=BUCKET, Key=name)["Body"].read() for name in names]
    assert not [name for name, one in zip(names, content, strict=True) if TEXT.encode() in one]
    assert "Created" not in make(stack, "backup")

    latest = make(stack, "restore", "FROM=latest", check=False)
    assert "The backup is whole. Nothing was replaced yet." in latest
    assert "nobody can be asked" in latest
    named = make(stack, "restore", f"FROM=s3:http://{bucket.host}:{bucket.port}/{BUCKET}/backups", check=False)
    assert "The backup is whole. Nothing was replaced yet." in named


def test_a_bucket_that_was_cut_off_is_refused(stack: Stack, bucket: FilesServer) -> None:
    make(stack, "backup")
    for name in (one for one in bucket.names() if "/data/" in one):
        body = bucket.client.get_object(Bucket=BUCKET, Key=name)["Body"].read()
        bucket.client.put_object(Bucket=BUCKET, Key=name, Body=body[: len(body) // 2])
    output = make(stack, "restore", "FROM=latest", check=False)
    assert "is damaged" in output
    assert "nothing was replaced" in output


def test_a_store_that_is_away_is_named(stack: Stack, bucket: FilesServer) -> None:
    bucket.close()
    output = make(stack, "backup", check=False)
    assert f"The backup failed: s3:http://{bucket.host}:{bucket.port}/{BUCKET}/backups did not answer" in output
