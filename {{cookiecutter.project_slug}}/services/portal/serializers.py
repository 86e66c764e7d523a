"""Serializers of `GET /api/portal/`."""

from typing import Any

from rest_framework import serializers


class InstituteSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    url = serializers.URLField()


class LanguageSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    name = serializers.CharField()


class BrandingSerializer(serializers.Serializer[Any]):
    logo = serializers.CharField()
    favicon = serializers.CharField()
    colour = serializers.CharField(help_text="The accent colour, such as #0057b7.")


class PersonSummarySerializer(serializers.Serializer[Any]):
    """The signed-in person. `roles` are the names of today's roles."""

    id = serializers.IntegerField()
    username = serializers.CharField()
    display_name = serializers.CharField()
    photo = serializers.CharField(allow_null=True)
    roles = serializers.ListField(child=serializers.CharField())


class AppSerializer(serializers.Serializer[Any]):
    """A service or an app with a page, from its manifest."""

    name = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    icon = serializers.CharField()
    category = serializers.CharField()


class PortalSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    description = serializers.CharField()
    institute = InstituteSerializer()
    site = serializers.CharField(help_text="intranet or internet.")
    language = serializers.CharField()
    languages = LanguageSerializer(many=True)
    branding = BrandingSerializer()
    person = PersonSummarySerializer(allow_null=True, help_text="null for anonymous visitors.")
    apps = AppSerializer(many=True, help_text="Those that the visitor can open, sorted by title.")
    unread = serializers.IntegerField(help_text="The number of unread notifications.")
