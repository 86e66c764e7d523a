"""How many processes a server may have in its container's memory."""

import os
from pathlib import Path

from core.configuration.environment import Environment
from core.configuration.problems import ConfigurationError, Problem
from core.hashing.limits import MEGABYTES_AT_ONCE

# In MiB. Gunicorn's own process, a picture that is being decoded (one at a time), and uploads in /tmp.
RESERVED_MEGABYTES = 280
# A process after a day's work, and what it may use to hash passwords.
PROCESS_MEGABYTES = 90 + MEGABYTES_AT_ONCE

MOST_BY_DEFAULT = 8  # each process has up to four connections to the database

CGROUP = Path("/sys/fs/cgroup")
LIMIT_FILES = ("memory.max", "memory/memory.limit_in_bytes")  # of cgroup v2 and v1
UNLIMITED = 1 << 50  # v1 writes a number of this order, v2 the word `max`


def container_megabytes(cgroup: Path = CGROUP) -> int | None:
    """Return the memory limit of this container in MiB, or None when there is none."""
    for name in LIMIT_FILES:
        try:
            limit = (cgroup / name).read_text().strip()
        except OSError:
            continue
        return int(limit) >> 20 if limit.isdecimal() and int(limit) < UNLIMITED else None
    return None


def most_processes(megabytes: int) -> int:
    """Return how many processes fit into so many MiB. 0: not even one does."""
    return max(0, (megabytes - RESERVED_MEGABYTES) // PROCESS_MEGABYTES)


def megabytes_for(processes: int) -> int:
    return RESERVED_MEGABYTES + processes * PROCESS_MEGABYTES


def server_processes(wanted: int | None, megabytes: int | None) -> int:
    """Return how many processes a server starts: those wanted, or one for each processor as far as the memory allows.

    `megabytes` is the memory limit, None without one. Raises ConfigurationError when the memory is too small.
    """
    by_processors = min(MOST_BY_DEFAULT, max(2, len(os.sched_getaffinity(0))))
    if megabytes is None:
        return wanted or by_processors
    most = most_processes(megabytes)
    if (wanted or 1) > most:
        raise ConfigurationError([too_many(wanted, megabytes)])
    return wanted or min(by_processors, most)


def check_processes(environment: Environment) -> None:
    """Check SERVER_PROCESSES before a server starts. Raises ConfigurationError."""
    server_processes(environment.server_processes, environment.server_memory_megabytes)


def too_many(wanted: int | None, megabytes: int) -> Problem:
    most = most_processes(megabytes)
    return Problem(
        ".env",
        "SERVER_PROCESSES",
        f"{wanted or 'nothing, which is at least 1'}, in a container with {megabytes} MiB of memory",
        f"at most {most}: {RESERVED_MEGABYTES} MiB, and {PROCESS_MEGABYTES} MiB for each process" if most else "none",
        f"set SERVER_MEMORY_MEGABYTES={megabytes_for(wanted or 1)} or more"
        + (f", or SERVER_PROCESSES={most} or fewer" if most else ""),
    )
