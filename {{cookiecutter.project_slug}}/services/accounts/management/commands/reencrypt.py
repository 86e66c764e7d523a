"""Encrypts second factors, mail and signing keys with the first key of ENCRYPTION_KEYS.

The other keys can then be removed.
"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from core.access.second_factors import reencrypt_second_factors
from core.mail.models import reencrypt_mail
from services.single_sign_on.keys import reencrypt_signing_keys

MOST_NAMES = 20  # in the message


class Command(BaseCommand):
    help = "Encrypt everything with the first key of ENCRYPTION_KEYS, after a new key was put in front."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        result = reencrypt_second_factors()
        self.stdout.write(f"Encrypted {result.count} second factors with the first key of ENCRYPTION_KEYS.")
        self.stdout.write(f"Encrypted {reencrypt_mail()} mails that wait or were given up.")
        self.stdout.write(f"Encrypted {reencrypt_signing_keys()} keys that sign ID tokens.")
        if result.lost:
            names = ", ".join(sorted(set(result.lost))[:MOST_NAMES])
            raise CommandError(
                f"No key of ENCRYPTION_KEYS decrypts {len(result.lost)} second factors, of: {names}. Put the key that"
                " was removed back at the end of ENCRYPTION_KEYS in .env, start again, and run this command again. If"
                " the key is lost, remove these people's second factors in /admin/: they set up new ones."
            )
