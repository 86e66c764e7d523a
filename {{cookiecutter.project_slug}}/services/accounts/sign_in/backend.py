"""allauth's authentication backend, with a faster look-up of the session's person, and the portal's permissions.

A permission holds only while the person's powers do: core/people/powers.py. This is the one place that all checks of
permissions pass: `has_perm` in apps, DRF's permission classes and the admin.
"""

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend as AllauthBackend
from asgiref.sync import sync_to_async

from core.people.models import Person
from core.people.powers import holds_powers
from core.people.selectors import person_by_id


class AuthenticationBackend(AllauthBackend):  # type: ignore[misc]  # allauth has no types
    def get_user(self, user_id: int) -> Person | None:
        person = person_by_id(user_id)
        return person if person and self.user_can_authenticate(person) else None

    def has_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        """Return whether the person has a permission now. Superusers have all."""
        if not user_obj.is_active or not holds_powers(user_obj):
            return False
        return user_obj.is_superuser or bool(super().has_perm(user_obj, perm, obj=obj))

    def has_module_perms(self, user_obj: Any, app_label: str) -> bool:
        """Return whether the person has any permission of an app now."""
        if not user_obj.is_active or not holds_powers(user_obj):
            return False
        return user_obj.is_superuser or bool(super().has_module_perms(user_obj, app_label))

    def get_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return super().get_user_permissions(user_obj, obj) if holds_powers(user_obj) else set()

    def get_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return super().get_group_permissions(user_obj, obj) if holds_powers(user_obj) else set()

    def get_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return super().get_all_permissions(user_obj, obj) if holds_powers(user_obj) else set()

    async def ahas_perm(self, user_obj: Any, perm: str, obj: Any = None) -> bool:
        return await sync_to_async(self.has_perm)(user_obj, perm, obj)

    async def ahas_module_perms(self, user_obj: Any, app_label: str) -> bool:
        return await sync_to_async(self.has_module_perms)(user_obj, app_label)

    async def aget_user_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return await sync_to_async(self.get_user_permissions)(user_obj, obj)

    async def aget_group_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return await sync_to_async(self.get_group_permissions)(user_obj, obj)

    async def aget_all_permissions(self, user_obj: Any, obj: Any = None) -> set[str]:
        return await sync_to_async(self.get_all_permissions)(user_obj, obj)
