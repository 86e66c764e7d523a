"""Administers clients of single sign-on from the shell, as maintainers do on the intranet site."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from services.single_sign_on.access import registration_of
from services.single_sign_on.clients import ClientFields, client_create, client_remove, client_rotate
from services.single_sign_on.models import ClientRegistration

# Option → the field. Each may be given several times.
LISTS = {
    "--redirect-uri": "redirect_uris",
    "--post-logout-redirect-uri": "post_logout_redirect_uris",
    "--scope": "scopes",
    "--ring": "rings",
    "--role": "roles",
    "--detail": "details",
}
HELP = {
    "redirect_uris": "a URL that receives the answer to a sign-in",
    "post_logout_redirect_uris": "a URL to continue at after signing out",
    "scopes": "what the client may ask for, such as openid; by default openid, profile and email",
    "rings": "a ring whose addresses may sign in; by default all",
    "roles": "a role whose people may sign in; by default all",
    "details": "a detail of a role that the scope roles gives, such as student.department",
}
DEFAULT_SCOPES = ["openid", "profile", "email"]


class Command(BaseCommand):
    help = "Add, list and remove the sites that sign people in with the portal, and replace their secrets."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["create", "list", "rotate", "remove"], help="what to do")
        parser.add_argument(
            "client", nargs="?", default="", help="the name of a new client; to rotate its secret or remove it, its id"
        )
        parser.add_argument(
            "--kind", choices=ClientRegistration.Kind.values, default="web", help="what a new client is"
        )
        parser.add_argument("--address", default="", help="the URL of its home page")
        parser.add_argument("--trusted", action="store_true", help="sign people in without asking for consent")
        for option, field in LISTS.items():
            parser.add_argument(option, dest=field, action="append", default=[], help=HELP[field])

    def handle(self, *args: Any, action: str, client: str, **options: Any) -> None:
        if action != "list" and not client:
            what = "the name of the new client" if action == "create" else "the id of the client: client list has them"
            raise CommandError(f"client {action} needs {what}.")
        try:
            getattr(self, action)(client, **options)
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from None

    def create(self, name: str, *, kind: str, address: str, trusted: bool, **options: Any) -> None:
        lists = {field: tuple(options[field]) for field in LISTS.values()}
        if kind != ClientRegistration.Kind.MACHINE:
            lists["scopes"] = lists["scopes"] or tuple(DEFAULT_SCOPES)
        fields = ClientFields(name=name, kind=kind, address=address, trusted=trusted, **lists)
        registration, secret = client_create(by=None, fields=fields)
        self.stdout.write(f"client_id      {registration.client_id}")
        if secret:
            self.stdout.write(f"client_secret  {secret}")
            self.stdout.write("Nobody can read the secret again. client rotate replaces it.")

    def list(self, client: str, **options: Any) -> None:
        for registration in ClientRegistration.objects.select_related("client"):
            self.stdout.write(f"{registration.client_id}  {registration.kind:8}{registration.client.name}")

    def rotate(self, client_id: str, **options: Any) -> None:
        self.stdout.write(f"client_secret  {client_rotate(by=None, registration=self.find(client_id))}")

    def remove(self, client_id: str, **options: Any) -> None:
        registration = self.find(client_id)
        name = registration.client.name
        client_remove(by=None, registration=registration)
        self.stdout.write(f"Removed {name}.")

    def find(self, client_id: str) -> ClientRegistration:
        registration = registration_of(client_id)
        if registration is None:
            raise CommandError(f"There is no client with the id {client_id}. client list lists them.")
        return registration
