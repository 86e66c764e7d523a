"""People's photos: two square files each, below PROTECTED_ROOT, whose names nobody can guess.

`Person.photo` is what the names of both files begin with. A changed photo gets another one, and the address that pages
show it by changes too, so that browsers may keep what they have.
"""

import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from .models import Person
from .pictures import SIDES, squares
from .privacy import visible_to

FOLDER = "photos"  # below PROTECTED_ROOT
FILE_MODE = 0o640  # NGINX reads them by their group, which is that of the folder
LOCK_TIMEOUT_SECONDS = 10.0
LOCK_POLL_SECONDS = 0.05


class PicturesBusy(Exception):
    """Others' pictures are being read, and it takes long."""


def photo_set(*, person: Person, content: bytes) -> None:
    """Make what was sent a person's photo; the one before goes when the transaction is in.

    The transaction is its own, because files know of none: it must not be called within another. Raises TooLarge and
    InvalidPicture (core/people/pictures.py), and PicturesBusy.
    """
    with picture_lock():
        files = squares(content)
    stem = secrets.token_hex(16)
    try:
        with transaction.atomic(durable=True):
            for size, picture in files.items():
                write(path_of(stem, size), picture)
            name_photo(person, stem)
    except BaseException:
        remove_files(stem)
        raise


def photo_remove(*, person: Person) -> None:
    """Take a person's photo away, if there is one; its files go when the transaction is in."""
    with transaction.atomic():
        name_photo(person, "")


def name_photo(person: Person, stem: str) -> None:
    """Give the person's row another photo. Of two at once the second sees the first's, and removes it."""
    before = Person.objects.select_for_update().values_list("photo", flat=True).get(pk=person.pk)
    Person.objects.filter(pk=person.pk).update(photo=stem)
    person.photo = stem
    forget_files(before)


def forget_files(stem: str) -> None:
    """Remove a photo's files once the surrounding transaction is in."""
    if stem:
        transaction.on_commit(partial(remove_files, stem), robust=True)


def photo_url(person: Person, size: str = "small") -> str | None:
    """Where pages find a person's photo, `small` (96 pixels a side) or `large` (384); None when there is none.

    It says nothing of whether a visitor may see it.
    """
    return f"/api/people/{person.pk}/photo/{size}/?v={person.photo[:8]}" if person.photo else None


def visible_photos(*, to: Person, on_campus: bool) -> QuerySet[Person]:
    """The people whose photo somebody who signed in may see: themselves, and who shows them their entry and photo."""
    conditions = [visible_to(part, to=to, on_campus=on_campus) for part in ("entry", "photo")]
    return Person.objects.filter(*conditions, is_active=True).exclude(photo="")


def photo_file(person: Person, size: str) -> str:
    """The name of a photo's file, below PROTECTED_ROOT."""
    return f"{FOLDER}/{person.photo}-{size}.webp"


def path_of(stem: str, size: str) -> Path:
    return folder() / f"{stem}-{size}.webp"


def folder() -> Path:
    directory = Path(settings.PROTECTED_ROOT) / FOLDER
    directory.mkdir(parents=True, exist_ok=True)
    return directory


def write(path: Path, content: bytes) -> None:
    """Write a file so that under its name it is whole, whatever happens meanwhile."""
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


def remove_files(stem: str) -> None:
    for size in SIDES:
        path_of(stem, size).unlink(missing_ok=True)


@contextmanager
def picture_lock() -> Iterator[None]:
    """One picture is read at a time, whatever the number of threads and processes: a large one fills much memory.

    Raises PicturesBusy when others take longer than anybody waits. Who dies lets the next one in.
    """
    descriptor = os.open(folder(), os.O_RDONLY)
    try:
        deadline = time.monotonic() + LOCK_TIMEOUT_SECONDS
        while not is_locked(descriptor):
            if time.monotonic() > deadline:
                raise PicturesBusy
            time.sleep(LOCK_POLL_SECONDS)
        yield
    finally:
        os.close(descriptor)  # and with it the lock


def is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
