"""images.lock: the images of the servers, and the bases of the portal's own.

Sources name no version. The lock has, for each variable of .env that names an image, the tag to follow and what that
tag was when `make roll` took it: the digest of the registry, or without a registry the image's id on this machine.
Compose reads the lock through `extends`, so that it is a file of Compose. A variable that .env sets comes first.
"""

import json
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

IMAGE_LOCK = Path("images.lock")
BASES = ("PYTHON_IMAGE", "NODE_IMAGE", "NGINX_IMAGE", "POSTGRES_IMAGE")  # the Dockerfile builds from these
ID_LENGTH = 12  # of an image's id, in its own tag
PULL_SECONDS = 900

LINE = re.compile(
    r"(?m)^  (?P<variable>[A-Z_]+_IMAGE): "
    r"\{tag: (?P<tag>[^\s,}]+)(?:, (?P<kind>digest|id): (?P<value>sha256:[0-9a-f]{64}))?\}$"
)
HEADER = """\
# The images of the servers, and the bases of the portal's own images. `make roll` writes this file. compose.yaml takes
# the images from it, and a variable of .env such as POSTGRES_IMAGE comes first.
#
# The portal follows `tag`, and `digest` is what it was at the last roll. Without a registry, `id` is the image on this
# machine, which then has a tag of its own that ends with the id.
"""


class ImageNotFoundError(Exception):
    """An image is neither in its registry nor on this machine."""


@dataclass(frozen=True)
class LockedImage:
    """An image of the lock. Without a `value`, the tag is not locked yet."""

    variable: str
    tag: str
    kind: str = ""  # digest or id
    value: str = ""

    @property
    def name(self) -> str:
        """The name for ONLY=, and of the service in the lock: redis of REDIS_IMAGE."""
        return self.variable.removesuffix("_IMAGE").lower().replace("_", "-")

    @property
    def reference(self) -> str:
        """What Docker starts or builds from."""
        if self.kind == "digest":
            return f"{self.tag}@{self.value}"
        return f"{self.tag}-{self.value.removeprefix('sha256:')[:ID_LENGTH]}" if self.value else self.tag

    def line(self) -> str:
        return f"  {self.variable}: {{tag: {self.tag}{f', {self.kind}: {self.value}' if self.value else ''}}}\n"


def read(text: str) -> dict[str, LockedImage]:
    """Return variable → image of the text of a lock."""
    return {
        one["variable"]: LockedImage(one["variable"], one["tag"], one["kind"] or "", one["value"] or "")
        for one in LINE.finditer(text)
    }


def write(images: Iterable[LockedImage]) -> str:
    """Return the text of a lock."""
    images = list(images)
    variables = {image.variable: f"${{{image.variable}:-{image.reference}}}" for image in images}
    arguments = "".join(f"        {name}: {variables[name]}\n" for name in BASES)
    servers = "".join(f'  {image.name}: {{image: "{variables[image.variable]}"}}\n' for image in images)
    return (
        f"{HEADER}x-locked:\n{''.join(image.line() for image in images)}\n"
        f"services:\n  bases:\n    build:\n      args:\n{arguments}{servers}"
    )


def newest(image: LockedImage) -> LockedImage:
    """Return the image that its tag is now, pulled from its registry, or the one on this machine if none answers.

    Raises ImageNotFoundError. An image without a digest gets a tag of its own, so that it stays when the tag moves on.
    """
    try:
        pulled = docker("pull", "--quiet", image.tag, seconds=PULL_SECONDS)
        reason = pulled.stderr.strip()
    except subprocess.TimeoutExpired:
        reason = f"the registry did not send it within {PULL_SECONDS} seconds"
    found = describe(image.tag)
    if found is None:
        raise ImageNotFoundError(f"{image.tag}: {reason}")
    repository = image.tag.rpartition(":")[0] if ":" in image.tag.rpartition("/")[2] else image.tag
    digests = [one.partition("@")[2] for one in found["RepoDigests"] or [] if one.partition("@")[0] == repository]
    if digests:
        return LockedImage(image.variable, image.tag, "digest", digests[0])
    locked = LockedImage(image.variable, image.tag, "id", found["Id"])
    docker("tag", found["Id"], locked.reference)
    return locked


def version(image: LockedImage) -> str:
    """Return the version of the program in an image, or the start of its id when the image does not say it."""
    found = describe(image.reference)
    if found is None:
        return image.value.removeprefix("sha256:")[:ID_LENGTH] or "?"
    name = image.name.partition("-")[0]
    names = {"postgres": "PG_VERSION"}.get(name, f"{name.upper()}_VERSION")
    variables = dict(one.partition("=")[::2] for one in found["Config"].get("Env") or [])
    label = (found["Config"].get("Labels") or {}).get("org.opencontainers.image.version", "")
    return variables.get(names) or label or found["Id"].removeprefix("sha256:")[:ID_LENGTH]


def describe(reference: str) -> dict | None:
    """Return the engine's description of an image on this machine, or None."""
    done = docker("image", "inspect", reference)
    return json.loads(done.stdout)[0] if done.returncode == 0 else None


def docker(*arguments: str, seconds: float = 60) -> subprocess.CompletedProcess[str]:
    command = ["docker", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=seconds, check=False)


def is_available() -> bool:
    """Return whether a Docker engine answers."""
    try:
        return docker("info", "--format", "{{.ID}}").returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False
