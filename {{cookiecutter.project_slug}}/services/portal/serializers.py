"""The shape of `GET /api/portal/`."""

from rest_framework import serializers


class InstituteSerializer(serializers.Serializer):
    name = serializers.CharField()
    url = serializers.URLField()


class LanguageSerializer(serializers.Serializer):
    code = serializers.CharField()
    name = serializers.CharField()


class BrandingSerializer(serializers.Serializer):
    logo = serializers.CharField()
    favicon = serializers.CharField()
    colour = serializers.CharField()


class PersonSummarySerializer(serializers.Serializer):
    id = serializers.IntegerField()
    username = serializers.CharField()
    display_name = serializers.CharField()
    photo = serializers.CharField(allow_null=True)
    roles = serializers.ListField(child=serializers.CharField())


class AppSerializer(serializers.Serializer):
    name = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    icon = serializers.CharField()
    category = serializers.CharField()


class PortalSerializer(serializers.Serializer):
    name = serializers.CharField()
    description = serializers.CharField()
    institute = InstituteSerializer()
    site = serializers.CharField()
    language = serializers.CharField()
    languages = LanguageSerializer(many=True)
    branding = BrandingSerializer()
    person = PersonSummarySerializer(allow_null=True)
    apps = AppSerializer(many=True)
    unread = serializers.IntegerField()
