"""Rotates the key that signs ID tokens. Nothing else needs to be done: clients fetch the new one by themselves."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction
from django.utils import timezone

from core.audit.events import Event
from core.audit.recording import record
from services.single_sign_on.keys import rotate


class Command(BaseCommand):
    help = "Make a new key that signs ID tokens, and publish the one before until its tokens have expired."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=["rotate"], help="what to do")
        parser.add_argument(
            "--at-once",
            action="store_true",
            help="for a key that somebody has copied, or that no key decrypts: sign with the new one now, and publish"
            " the others no more",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            rotation = rotate(at_once=options["at_once"])
            record(Event.SIGNING_KEY_ROTATED, command="signingkey", at_once=options["at_once"])
        begins = timezone.localtime(rotation.signs_from)
        ends = timezone.localtime(rotation.published_until)
        self.stdout.write(f"The new key signs from {begins:%Y-%m-%d %H:%M} on.")
        self.stdout.write(f"The one before is published until {ends:%Y-%m-%d %H:%M}.")
