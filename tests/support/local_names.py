"""Lets Python programs find a stack's domains on this machine, as they find other names by DNS."""

import os
import socket
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tests.support.checkout import REPOSITORY
from tests.support.network import HOST

# Python imports a module of this name when it starts.
SITECUSTOMIZE = """
import socket
from tests.support.local_names import finding_locally

socket.getaddrinfo = finding_locally({domains!r})
"""


def finding_locally(domains: Iterable[str]) -> Callable[..., Any]:
    """Return a `socket.getaddrinfo` for which these domains are on this machine."""
    local, getaddrinfo = frozenset(domains), socket.getaddrinfo

    def find(host: Any, *more: Any, **options: Any) -> Any:
        return getaddrinfo(HOST if host in local else host, *more, **options)

    return find


def variables_of_programs(domains: Iterable[str], folder: Path) -> dict[str, str]:
    """Return the variables with which a Python program finds these domains on this machine. Writes to `folder`."""
    (folder / "sitecustomize.py").write_text(SITECUSTOMIZE.format(domains=sorted(domains)))
    return {"PYTHONPATH": f"{folder}{os.pathsep}{REPOSITORY}"}
