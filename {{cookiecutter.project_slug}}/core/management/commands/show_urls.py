"""Prints the URLs of both sites, and the steps that are left, after `make up`."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from core.configuration.portal import SITES
from core.people.models import Person

TRUST = """\
The portal's own authority issued the certificate, and browsers do not know that authority. To trust it on this machine:

    docker compose cp reverse-proxy:/var/lib/portal/certificates/authority.crt .

Then import authority.crt in the browser's settings, under certificates and authorities. For visitors of a real portal,
set tls in portal.yaml to own-certificate or none: docs/operate/go-live.md says how."""


class Command(BaseCommand):
    help = "Print the URLs of both sites, how to trust the local certificate, and whether there is a maintainer."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--hosts", action="store_true", help="print the two host names, and nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        hosts = {site: settings.PORTAL.site(site).host for site in SITES}
        if options["hosts"]:
            self.stdout.write("\n".join(hosts.values()))
            return
        self.stdout.write(f"{settings.PORTAL.name} is up:\n")
        for site, origin in settings.SITE_ORIGINS.items():
            self.stdout.write(f"  {site:10} {origin}/")
        if settings.PORTAL.tls == "self-signed":
            self.stdout.write(f"\n{TRUST}")
        if not Person.objects.filter(is_active=True, is_superuser=True).exists():
            self.stdout.write("\nThere is no maintainer yet. Create the first one: make maintainer")
