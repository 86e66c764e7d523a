"""People's photos: two square files each below PROTECTED_ROOT, with names that cannot be guessed.

`Person.photo` is the stem of both file names. A new photo gets a new stem, and so new URLs: browsers may cache both.
"""

import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from core.configuration.prefixes import API
from core.people.models import Person
from core.people.privacy import visible_to
from core.stores.lock_waits import MOST_SECONDS, lock_waits
from core.transactions import after_commit

from .pictures import SIDES, make_thumbnails

FOLDER = "photos"  # below PROTECTED_ROOT
FILE_MODE = 0o640  # NGINX reads the files through the folder's group
LOCK_TIMEOUT_SECONDS = MOST_SECONDS
LOCK_POLL_SECONDS = 0.05


class PictureDecoderBusy(Exception):
    """Other pictures held the decoder for longer than this request may wait."""


def photo_set(*, person: Person, content: bytes) -> None:
    """Make `content` the person's photo. The previous photo's files are deleted after the commit.

    Opens its own transaction and must not be called inside another: a rollback there would leave the files behind.
    Raises TooLarge and InvalidPicture (services/accounts/pictures.py), and PictureDecoderBusy.
    """
    with decoder_lock():
        thumbnails = make_thumbnails(content)
    stem = secrets.token_hex(16)
    try:
        with transaction.atomic(durable=True):
            for size, picture in thumbnails.items():
                write_file(path_of(stem, size), picture)
            replace_photo(person, stem)
    except BaseException:
        delete_files(stem)
        raise


def photo_remove(*, person: Person) -> None:
    """Remove the person's photo, if there is one. Its files are deleted after the commit."""
    with transaction.atomic():
        replace_photo(person, "")


def replace_photo(person: Person, stem: str) -> None:
    """Set `Person.photo` in a locked row, so that of two concurrent calls the second deletes the first one's files."""
    before = Person.objects.select_for_update().values_list("photo", flat=True).get(pk=person.pk)
    Person.objects.filter(pk=person.pk).update(photo=stem)
    person.photo = stem
    delete_files_on_commit(before)


def delete_files_on_commit(stem: str) -> None:
    """Delete a photo's files once the surrounding transaction has committed."""
    if stem:
        after_commit(delete_files, stem)


def photo_url(person: Person, size: str = "small") -> str | None:
    """Return the URL of a person's photo, or None without one. Does not check who may see it.

    `size` is `small` (96 pixels a side) or `large` (384).
    """
    return f"{API}accounts/{person.pk}/photo/{size}/?v={person.photo[:8]}" if person.photo else None


def visible_photos(*, to: Person, on_campus: bool) -> QuerySet[Person]:
    """Return the people whose photo `to` may see: themselves, and those who show them their entry and their photo."""
    conditions = [visible_to(part, to=to, on_campus=on_campus) for part in ("entry", "photo")]
    return Person.objects.filter(*conditions, is_active=True).exclude(photo="")


def photo_file(person: Person, size: str) -> str:
    """Return the path of a photo's file, relative to PROTECTED_ROOT."""
    return f"{FOLDER}/{person.photo}-{size}.webp"


def path_of(stem: str, size: str) -> Path:
    return folder() / f"{stem}-{size}.webp"


def folder() -> Path:
    directory = Path(settings.PROTECTED_ROOT) / FOLDER
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def write_file(path: Path, content: bytes) -> None:
    """Write a file atomically: under `path` there is either the whole content or no file."""
    temporary = path.with_suffix(".new")
    try:
        with temporary.open("xb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), FILE_MODE)
            os.fsync(file.fileno())
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def delete_files(stem: str) -> None:
    for size in SIDES:
        path_of(stem, size).unlink(missing_ok=True)


@contextmanager
def decoder_lock() -> Iterator[None]:
    """Let one thread of one process decode a picture at a time, because a large picture needs much memory.

    Raises PictureDecoderBusy after the time that a request may wait for locks (core/stores/lock_waits.py). The kernel
    releases the lock of a process that dies.
    """
    descriptor = os.open(folder(), os.O_RDONLY)
    try:
        started = time.monotonic()
        deadline = started + min(LOCK_TIMEOUT_SECONDS, lock_waits.remaining)
        try:
            while not try_lock(descriptor):
                if time.monotonic() > deadline:
                    raise PictureDecoderBusy
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
