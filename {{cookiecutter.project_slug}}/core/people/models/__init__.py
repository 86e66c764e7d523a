"""Who people are, and which hats they wear. One `Person` is one user: there is no second table."""

from .person import Person, PersonManager, Visibility, clean_email
from .role import Role, RoleChange, RoleQuerySet

__all__ = ["Person", "PersonManager", "Role", "RoleChange", "RoleQuerySet", "Visibility", "clean_email"]
