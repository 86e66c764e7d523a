"""The processes of a portal in containers, and the secrets that each uses. compose.yaml mounts those and no others."""

from typing import Literal

ProcessName = Literal["server", "sockets", "worker", "scheduler", "migrations", "configuration"]

# The variable of a server's URL → the field of `.env` with its password.
PASSWORDS = {
    "database_url": "database_password",
    "session_store_url": "session_store_password",
    "notification_store_url": "notification_store_password",
    "channel_layer_url": "channel_layer_password",
    "application_store_url": "application_store_password",
    "message_broker_url": "message_broker_password",
}
OWNER_PASSWORD = "database_owner_password"  # noqa: S105 - the name of a field
OWNER = "portal_owner"  # the role of the database that owns the tables

SERVERS = frozenset(PASSWORDS.values())
USE_CACHE: frozenset[ProcessName] = frozenset({"server", "sockets", "worker"})
KEYS = frozenset({"secret_key", "encryption_keys"})
FILES = "files_secret"
INSTITUTE_SIGN_IN = "institute_sign_in_secret"  # the name of a field
# Those of the service `backup`, which is no process of the backend.
BACKUP = frozenset(
    {"backup_password", "database_backup_password", "backup_bucket_access_key", "backup_bucket_secret_key"}
)

SECRETS_OF_PROCESS: dict[ProcessName, frozenset[str]] = {
    "server": SERVERS | KEYS | {INSTITUTE_SIGN_IN, FILES},
    "sockets": SERVERS | KEYS,
    "worker": SERVERS | {"mail_keys", "mail_url", FILES},  # all mail leaves through it
    "scheduler": frozenset({"message_broker_password"}),
    "migrations": frozenset({OWNER_PASSWORD, "encryption_keys"}),  # one migration encrypts what older portals wrote
    # It checks them all, before anything of a running portal is stopped.
    "configuration": SERVERS
    | KEYS
    | BACKUP
    | {INSTITUTE_SIGN_IN, FILES, "mail_url", OWNER_PASSWORD, "redis_gui_password"},
}


def password_field(url_field: str, process: ProcessName | None) -> str | None:
    """Return the field with the password of a server's URL; None for a server that has none.

    `migrations` connects to the database as the role that owns the tables.
    """
    if url_field == "database_url" and process == "migrations":
        return OWNER_PASSWORD
    return PASSWORDS.get(url_field)
