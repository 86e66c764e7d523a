"""The `configuration` one-shot, `python -m core.deployment`: checks the configuration and writes NGINX's files.

`--check` only checks. `--maintenance on` or `off` closes or opens the portal, and prints the link for maintainers.
`--certificates` takes up a renewed certificate, or renews the local authority's.
"""

import argparse
import sys
import tempfile
from pathlib import Path

from core.configuration.loading import Configuration
from core.configuration.portal import SITES as SITE_NAMES
from core.configuration.problems import ConfigurationError
from core.plugins.loading import load

from .certificates import certificate_files
from .maintenance import ensure_file, set_maintenance
from .nginx import write_sites
from .processes import check_processes

BASE_DIRECTORY = Path(__file__).resolve().parents[2]
SITES = Path("/var/lib/portal/sites")
CERTIFICATES = Path("/var/lib/portal/certificates")
AUTHORITY = Path("/var/lib/portal/authority")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m core.deployment", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--check", action="store_true", help="check, and write nothing that NGINX reads")
    parser.add_argument("--maintenance", choices=["on", "off"], help="close or open the portal, and do nothing else")
    parser.add_argument("--certificates", action="store_true", help="write the certificates, and do nothing else")
    options = parser.parse_args()
    try:
        configuration, plugins = load(BASE_DIRECTORY)
        if options.maintenance:
            report(set_maintenance_of(configuration, on=options.maintenance == "on"))
            return
        check_processes(configuration.environment)
        files = certificate_files(configuration, certificates=CERTIFICATES, authority=AUTHORITY)
        if options.certificates:
            report("There are none with tls: none." if files is None else "Wrote the certificates.")
            return
        with tempfile.TemporaryDirectory() as elsewhere:
            written = write_sites(configuration, plugins, files, Path(elsewhere) if options.check else SITES)
    except ConfigurationError as error:
        sys.exit(f"{error}\n")
    if not options.check:
        ensure_file(SITES)
        report(f"Wrote {', '.join(sorted(written))}.")


def set_maintenance_of(configuration: Configuration, *, on: bool) -> str:
    """Return what the maintainers need to know."""
    path = set_maintenance(SITES, on=on)
    if path is None:
        return "The portal is open."
    port = configuration.environment.publish_https_port
    suffix = "" if port == 443 or configuration.portal.tls == "none" else f":{port}"
    links = "\n".join(f"  https://{configuration.portal.site(site).host}{suffix}{path}" for site in SITE_NAMES)
    return f"The portal is closed. These links let a browser pass, until maintenance ends:\n\n{links}\n"


def report(text: str) -> None:
    print(text)  # noqa: T201 - a command


if __name__ == "__main__":
    main()
