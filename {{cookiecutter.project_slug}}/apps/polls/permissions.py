"""Permissions within the app, beyond its audience."""

from core.access.visitor import Visitor

# Who may notify others of a poll. Everyone in the audience may ask, but not interrupt a whole institute.
ANNOUNCING_ROLES = ("faculty", "staff", "maintainer")


def may_announce(visitor: Visitor) -> bool:
    return not visitor.roles.isdisjoint(ANNOUNCING_ROLES)
