"""Many sign-ins at once, half of them of people whose passwords are hashed as Django does it by itself."""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from threading import Barrier

from tests.support.compose import Stack
from tests.support.visitor import Response, Visitor

PASSWORD = "a password of many people"
NAMES = [f"sign-in-{number:03}" for number in range(100)]
OLD = NAMES[::2]

CREATE_PEOPLE = """
import json, os
from django.contrib.auth.hashers import Argon2PasswordHasher, make_password
from core.people.models import Person
password, old = os.environ["PASSWORD"], set(json.loads(os.environ["OLD"]))
hashes = {False: make_password(password), True: Argon2PasswordHasher().encode(password, "a-salt-of-some-length")}
for name in json.loads(os.environ["NAMES"]):
    Person.objects.get_or_create(username=name)
    Person.objects.filter(username=name).update(password=hashes[name in old])
"""
COUNT_OLD = """
from core.people.models import Person
print(Person.objects.filter(username__startswith="sign-in-", password__contains="m=102400").count())
"""
# The files of cgroup v2, else those of v1.
READ_MEMORY = """
import json, pathlib
v2 = (".", "memory.max", "memory.peak", "memory.events")
v1 = ("memory", "memory.limit_in_bytes", "memory.max_usage_in_bytes", "memory.oom_control")
root = pathlib.Path("/sys/fs/cgroup")
folder, limit, peak, events = v2 if (root / "memory.max").exists() else v1
read = lambda name: (root / folder / name).read_text()
kills = dict(line.split() for line in read(events).splitlines())["oom_kill"]
print(json.dumps({"limit": int(read(limit)), "peak": int(read(peak)), "kills": int(kills)}))
"""
LIST_PROCESSES = """
import os, pathlib
files = [path for path in pathlib.Path("/proc").glob("[0-9]*/cmdline") if path.parent.name != str(os.getpid())]
print([int(path.parent.name) for path in files if b"config.gunicorn" in path.read_bytes()])
"""


@dataclass(frozen=True)
class Memory:
    """The memory of a service's container, in bytes, and how often the kernel killed a process for want of it."""

    limit: int
    peak: int
    kills: int


def create_people(stack: Stack) -> None:
    """Create the people of NAMES without email addresses, or give them their first hashes back."""
    variables = {"PASSWORD": PASSWORD, "NAMES": json.dumps(NAMES), "OLD": json.dumps(OLD)}
    stack.python(CREATE_PEOPLE, service="worker", variables=variables)


def count_old_hashes(stack: Stack) -> int:
    return stack.python(COUNT_OLD, service="worker")


def sign_in_at_once(visitors: Sequence[Visitor], names: Sequence[str]) -> list[Response]:
    """Sign in all at the same moment, each visitor from an IP address of its own. Returns their responses."""
    for number, visitor in enumerate(visitors):
        visitor.headers["X-Forwarded-For"] = f"198.51.100.{number + 1}"
        assert visitor.csrf_token
    start = Barrier(len(visitors))

    def sign_in(visitor: Visitor, name: str) -> Response:
        start.wait(60)
        return visitor.sign_in(name, PASSWORD)

    with ThreadPoolExecutor(len(visitors)) as executor:
        return list(executor.map(sign_in, visitors, names))


def memory_of(stack: Stack, service: str) -> Memory:
    """Return what the kernel counts for a service's container since it started."""
    found = json.loads(stack.execute(service, "python", "-c", READ_MEMORY).stdout)
    return Memory(**found)


def processes_of(stack: Stack, service: str) -> set[int]:
    """Return the ids of Gunicorn's processes in a service's container."""
    return set(json.loads(stack.execute(service, "python", "-c", LIST_PROCESSES).stdout))
