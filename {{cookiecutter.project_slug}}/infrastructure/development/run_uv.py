"""Run uv with the package index, certificates and proxy that this machine's pip is configured for.

    python run_uv.py pip install --requirement some.lock

uv reads none of pip's settings (pip.conf, PIP_INDEX_URL, ...), but on many machines they are the only ones. Settings of
uv's own (UV_DEFAULT_INDEX, ...) win.
"""

import ast
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

# With one of these set, pip's indexes are not used.
INDEXES = ("UV_DEFAULT_INDEX", "UV_INDEX", "UV_INDEX_URL", "UV_EXTRA_INDEX_URL", "UV_FIND_LINKS")


def pip_settings(python: Path) -> dict[str, str]:
    """Return the options of `python -m pip install` by name ("index-url").

    Without that Python or its pip, there are none.
    """
    command = [python, "-m", "pip", "--disable-pip-version-check", "config", "list"]
    try:
        listed = subprocess.run(command, capture_output=True, text=True, check=False).stdout
    except FileNotFoundError:
        return {}
    sections: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}  # a later one wins
    for line in listed.splitlines():
        key, _, value = line.partition("=")
        section, _, name = key.rpartition(".")
        if section in sections:
            sections[section][name] = str(ast.literal_eval(value))
    return {name: value for options in sections.values() for name, value in options.items()}


def uv_settings(pip: Mapping[str, str], environment: Mapping[str, str], *, compiles: bool = False) -> dict[str, str]:
    """Return the variables that give uv pip's settings, without those that `environment` sets.

    `compiles` is for `uv pip compile`. It leaves out the extra indexes and folders of this machine, which may lack some
    files of a version. The lock needs the hashes of all of them.
    """
    wanted = {
        # pip trusts the certificates of the system as well.
        "UV_SYSTEM_CERTS": "true",
        "SSL_CERT_FILE": pip.get("cert", ""),
        "SSL_CLIENT_CERT": pip.get("client-cert", ""),
        "UV_INSECURE_HOST": pip.get("trusted-host", ""),
        "UV_HTTP_TIMEOUT": pip.get("timeout") or pip.get("default-timeout", ""),
        "HTTP_PROXY": pip.get("proxy", ""),
        "HTTPS_PROXY": pip.get("proxy", ""),
    }
    if not any(environment.get(name) for name in INDEXES):
        wanted["UV_DEFAULT_INDEX"] = pip.get("index-url", "")
        if not compiles:
            wanted["UV_INDEX"] = " ".join(pip.get("extra-index-url", "").split())
            wanted["UV_FIND_LINKS"] = ",".join(pip.get("find-links", "").split())
            # As pip does, look for a version in every index. The hashes in the lock make that safe.
            wanted["UV_INDEX_STRATEGY"] = "unsafe-best-match"
    present = {name.upper() for name, value in environment.items() if value}  # proxies may be in lower case
    return {name: value for name, value in wanted.items() if value and name not in present}


def uv_command(uv: Path, *arguments: str | Path) -> tuple[list[str], dict[str, str]]:
    """Return the command that runs `uv` with these arguments, and its environment.

    The settings are those of the pip in the same environment as `uv`.
    """
    pip = pip_settings(uv.with_name("python"))
    command = [str(word) for word in (uv, *arguments)]
    if pip.get("no-index", "").lower() in {"1", "true", "yes", "on"}:
        command.append("--no-index")
    return command, {**os.environ, **uv_settings(pip, os.environ, compiles="compile" in arguments)}


if __name__ == "__main__":
    command, environment = uv_command(Path(sys.executable).with_name("uv"), *sys.argv[1:])
    sys.exit(subprocess.run(command, env=environment, check=False).returncode)
