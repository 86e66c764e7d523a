"""Django's makemigrations, without the system check that asks for it: core/plugins/checks.py."""

from django.core.checks import Tags
from django.core.management.commands.makemigrations import Command as DjangoCommand


class Command(DjangoCommand):
    requires_system_checks = [Tags.models]
