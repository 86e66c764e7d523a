from typing import Any

from rest_framework import serializers

from core.audit.models import AuditEntry


class ApprovalSerializer(serializers.Serializer[Any]):
    code = serializers.CharField(max_length=40, help_text="What a superuser gave to this person, such as 7KQM-X2RD.")


class PhotoUploadSerializer(serializers.Serializer[Any]):
    photo = serializers.FileField(
        help_text="A JPEG, PNG, WebP or GIF file of at most 5 MB. Its content decides its type. It is cropped to a"
        " square."
    )


class PhotoSerializer(serializers.Serializer[Any]):
    """The URLs of a photo: WebP, 96 and 384 pixels a side. A new photo gets new URLs."""

    small = serializers.CharField()
    large = serializers.CharField()


class ActivitySerializer(serializers.Serializer[Any]):
    """Something that happened to the account of the person who asks."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    event = serializers.CharField(help_text="An event of the audit log, such as `signed_in`.")
    own = serializers.SerializerMethodField(help_text="Whether the person did it themselves, while signed in.")
    ip_address = serializers.CharField(allow_null=True)
    factors = serializers.SerializerMethodField(help_text="What was used or changed, such as `password` or `webauthn`.")
    new_device = serializers.SerializerMethodField(help_text="Whether the person had not signed in there before.")
    client = serializers.SerializerMethodField(help_text="The name of the other site that it is about, or empty.")

    def get_own(self, entry: AuditEntry) -> bool:
        return entry.by_id == entry.person_id

    def get_factors(self, entry: AuditEntry) -> list[str]:
        details = entry.details
        return list(details.get("factors") or ([details["factor"]] if "factor" in details else []))

    def get_new_device(self, entry: AuditEntry) -> bool:
        return bool(entry.details.get("new_device"))

    def get_client(self, entry: AuditEntry) -> str:
        return str(entry.details.get("name", "")) if entry.event.startswith("client_") else ""
