"""Importing a module opens no connection."""

import os
import subprocess
import sys

from django.conf import settings

PROGRAM = """
import pathlib, socket, sys

def refuse(*arguments, **more):
    raise AssertionError(f"a socket at import: {arguments}")

socket.socket.connect = socket.socket.connect_ex = socket.socket.bind = refuse
socket.create_connection = socket.getaddrinfo = refuse

import django
django.setup()
import importlib
count = 0
for root in ("config", "core", "services", "apps"):
    for path in sorted(pathlib.Path(root).rglob("*.py")):
        if {"tests", "app_template"} & set(path.parts) or path.stem in {"testing", "__main__"}:
            continue
        importlib.import_module(".".join(path.with_suffix("").parts).removesuffix(".__init__"))
        count += 1
print(count)
"""


def test_no_module_opens_a_socket_when_it_is_imported():
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PORTAL_ENVIRONMENT": "production",
        "SITE": "intranet",
        "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz" * 2,
        "ENCRYPTION_KEYS": "zyxwvutsrqponmlkjihgfedcba9876543210",
        "DATABASE_URL": "postgresql://portal:0123456789abcdef@database.invalid/portal",
        "SESSION_STORE_URL": "redis://portal:0123456789abcdef@session-store.invalid/0",
        "NOTIFICATION_STORE_URL": "redis://portal:0123456789abcdef@notification-store.invalid/0",
        "CHANNEL_LAYER_URL": "redis://portal:0123456789abcdef@channel-layer.invalid/0",
        "APPLICATION_STORE_URL": "redis://portal:0123456789abcdef@application-store.invalid/0",
        "CACHE_URL": "memcached://cache.invalid:11211",
        "MESSAGE_BROKER_URL": "amqp://portal:0123456789abcdef@message-broker.invalid//",
        "TRUSTED_PROXIES": "192.0.2.10/32",  # a portal with tls: none and rings needs one
    }
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", PROGRAM],
        cwd=settings.BASE_DIRECTORY,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout.split()[-1]) > 50
