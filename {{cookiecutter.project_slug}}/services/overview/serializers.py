from typing import Any

from rest_framework import serializers

STATUSES = ["ok", "waiting", "degraded", "down"]


class PartSerializer(serializers.Serializer[Any]):
    """A part of the stack. `waiting`: another part that it needs failed."""

    service = serializers.CharField(help_text="Its name in Compose.")
    title = serializers.CharField()
    tier = serializers.IntegerField()
    technology = serializers.CharField()
    version = serializers.CharField(help_text="Empty when it is not known.")
    embedded_backend = serializers.CharField(help_text="What serves for it; empty when a server does.")
    status = serializers.ChoiceField(STATUSES)
    milliseconds = serializers.FloatField()
    detail = serializers.CharField(help_text="What the check saw. Errors of libraries are in English.")


class TierSerializer(serializers.Serializer[Any]):
    tier = serializers.IntegerField()
    parts = PartSerializer(many=True, help_text="The worst first.")


class StackProblemSerializer(serializers.Serializer[Any]):
    """A part that failed, what it means and what to do. Commands in the texts are between backticks."""

    service = serializers.CharField()
    status = serializers.ChoiceField(STATUSES)
    title = serializers.CharField()
    meaning = serializers.CharField()
    steps = serializers.ListField(child=serializers.CharField())
    since = serializers.DateTimeField(allow_null=True)
    detail = serializers.CharField()


class CertificateSerializer(serializers.Serializer[Any]):
    site = serializers.ChoiceField(["intranet", "internet"])
    days = serializers.IntegerField()
    ends_soon = serializers.BooleanField()


class QueueSerializer(serializers.Serializer[Any]):
    name = serializers.ChoiceField(["tasks", "bulk_tasks", "notifications", "mail"])
    waiting = serializers.IntegerField(allow_null=True, help_text="null while nobody knows.")
    oldest = serializers.DateTimeField(allow_null=True, help_text="null when it is not known, or nothing waits.")


class FailedMailSerializer(serializers.Serializer[Any]):
    id = serializers.IntegerField()
    subject = serializers.CharField()
    recipient = serializers.CharField()
    error = serializers.CharField()
    given_up_at = serializers.DateTimeField()


class MailFiguresSerializer(serializers.Serializer[Any]):
    failed = serializers.IntegerField()
    sent = serializers.IntegerField(help_text="In the last 24 hours.")
    items = FailedMailSerializer(many=True, help_text="The last ones that failed; none without the permission.")


class SignInsSerializer(serializers.Serializer[Any]):
    accepted = serializers.IntegerField()
    refused = serializers.IntegerField()


class DiskSerializer(serializers.Serializer[Any]):
    """In bytes."""

    total = serializers.IntegerField()
    free = serializers.IntegerField()


class BackupsSerializer(serializers.Serializer[Any]):
    """Backups, or drills that restored one."""

    kind = serializers.ChoiceField(["backup", "drill"])
    last_good = serializers.DateTimeField(allow_null=True)
    failed = serializers.BooleanField(help_text="Whether the newest one failed.")


class VersionSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    version = serializers.CharField()


class OverviewSerializer(serializers.Serializer[Any]):
    checked_at = serializers.DateTimeField()
    interval = serializers.FloatField(help_text="Seconds between two checks.")
    environment = serializers.CharField()
    problems = StackProblemSerializer(many=True)
    tiers = TierSerializer(many=True)
    certificates = CertificateSerializer(many=True)
    queues = QueueSerializer(many=True)
    mail = MailFiguresSerializer()
    sign_ins = SignInsSerializer(help_text="Today.")
    disk = DiskSerializer()
    backups = BackupsSerializer(many=True)
    versions = VersionSerializer(many=True)
    redis_gui = serializers.BooleanField(help_text="Whether /redis/ exists.")
