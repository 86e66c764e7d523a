"""Checks that the machine has room for a second stack beside the running one, before anything is done."""

import re
import shutil
from pathlib import Path

from .commands import ROOT, RollError, output

DISK_GIGABYTES = 6  # new images, the copy of the portal with its packages, and the scratch stack's volumes
MEMORY_GIGABYTES = 2.5  # the scratch stack takes 1.3, and the tests and builds the rest
MEMORY = Path("/proc/meminfo")


def check_room() -> None:
    """Raise RollError when the disk or the memory is too small."""
    folders = {ROOT, engine_folder()}
    for folder in sorted(one for one in folders if one.exists()):
        free = shutil.disk_usage(folder).free / 1e9
        if free < DISK_GIGABYTES:
            raise RollError(
                f"the disk of {folder} has {free:.1f} GB free, and a roll needs {DISK_GIGABYTES}",
                do="free some space (docker system df says what Docker uses), then run make roll again",
            )
    memory = available_gigabytes()
    if memory is not None and memory < MEMORY_GIGABYTES:
        raise RollError(
            f"{memory:.1f} GB of memory are free, and a roll needs {MEMORY_GIGABYTES} for a second stack",
            do="stop something else on this machine, or roll on another one and copy the locks",
        )


def engine_folder() -> Path:
    return Path(output("docker", "info", "--format", "{{.DockerRootDir}}"))


def available_gigabytes() -> float | None:
    """Return the memory that programs can have, None where the system does not say."""
    found = re.search(r"MemAvailable: +(\d+) kB", MEMORY.read_text()) if MEMORY.exists() else None
    return int(found[1]) * 1024 / 1e9 if found else None
