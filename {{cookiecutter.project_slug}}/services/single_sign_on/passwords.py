"""By which tokens end with a new password: a digest of the stored hash, which the database can compute as well."""

import hashlib
from typing import Any

from django.db.models.functions import SHA256

from core.people.models import Person


def password_digest(person: Person) -> str:
    return hashlib.sha256(person.password.encode()).hexdigest()


class Sha256(SHA256):
    """PostgreSQL's own function. Django's needs the extension pgcrypto."""

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "ENCODE(SHA256(CONVERT_TO(%(expressions)s, 'UTF8')), 'hex')"
        return self.as_sql(compiler, connection, template=template, **more)


def password_digest_in_sql(path: str) -> Sha256:
    """Return the expression of `password_digest` for the password at a lookup path, such as `person__password`."""
    return Sha256(path)
