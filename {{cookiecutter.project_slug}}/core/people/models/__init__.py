"""People and their roles. `Person` is the user model: there is no separate profile table."""

from .person import Person, PersonManager, Visibility, clean_email
from .role import Role, RoleChange, RoleQuerySet

__all__ = ["Person", "PersonManager", "Role", "RoleChange", "RoleQuerySet", "Visibility", "clean_email"]
