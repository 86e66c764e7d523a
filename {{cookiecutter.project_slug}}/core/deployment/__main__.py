"""The `configuration` one-shot, `python -m core.deployment`: checks the configuration and writes NGINX's files."""

import sys
from pathlib import Path

from core.configuration.problems import ConfigurationError
from core.plugins.loading import load

from .certificates import certificate_files
from .nginx import write_sites
from .processes import check_processes

BASE_DIRECTORY = Path(__file__).resolve().parents[2]
SITES = Path("/var/lib/portal/sites")
CERTIFICATES = Path("/var/lib/portal/certificates")
AUTHORITY = Path("/var/lib/portal/authority")


def main() -> None:
    try:
        configuration, plugins = load(BASE_DIRECTORY)
        check_processes(configuration.environment)
        files = certificate_files(configuration, certificates=CERTIFICATES, authority=AUTHORITY)
        written = write_sites(configuration, plugins, files, SITES)
    except ConfigurationError as error:
        sys.exit(f"{error}\n")
    print(f"Wrote {', '.join(sorted(written))}.")  # noqa: T201 - a command


if __name__ == "__main__":
    main()
