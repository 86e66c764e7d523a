"""Serializers of the API of the shell."""

from typing import Any

from django.conf import settings
from django.utils.translation import gettext, gettext_lazy
from django.utils.translation import gettext as _
from rest_framework import serializers

from core.plugins.discovery import NAME

from .pinned import MOST_PINNED
from .presence import TOPIC


class InstituteSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    url = serializers.URLField()


class LanguageSerializer(serializers.Serializer[Any]):
    """A language of the portal."""

    code = serializers.CharField()
    name = serializers.CharField(help_text="In that language, such as Deutsch.")
    direction = serializers.ChoiceField(["ltr", "rtl"])


class LanguageChoiceSerializer(serializers.Serializer[Any]):
    """The language that a visitor reads. An empty one is the browser's."""

    language = serializers.CharField(max_length=20, allow_blank=True)

    def validate_language(self, language: str) -> str:
        codes = [code for code, _ in settings.LANGUAGES]
        if language and language not in codes:
            raise serializers.ValidationError(
                gettext("Unknown language. The portal has: %(codes)s.") % {"codes": ", ".join(codes)}
            )
        return language


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
    maintainer = serializers.BooleanField(
        help_text="Whether the shell shows the maintainers' pages: on the intranet site."
    )


class AppActionSerializer(serializers.Serializer[Any]):
    title = serializers.CharField()
    path = serializers.CharField(help_text="The path of the page below that of the app.")


class AppSerializer(serializers.Serializer[Any]):
    """A service or an app with a page, from its manifest."""

    name = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    icon = serializers.CharField(help_text="The name of an icon, whose shape is in `icons`.")
    category = serializers.CharField()
    actions = AppActionSerializer(many=True, help_text="What people can begin there, such as asking a poll.")


class IconSerializer(serializers.Serializer[Any]):
    """A path in a square whose side has `box` units, drawn with lines or, if `filled`, as areas."""

    path = serializers.CharField()
    box = serializers.IntegerField()
    filled = serializers.BooleanField()


class PortalSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    description = serializers.CharField()
    institute = InstituteSerializer()
    site = serializers.CharField(help_text="intranet or internet.")
    language = serializers.CharField(help_text="The language of this answer.")
    languages = LanguageSerializer(many=True, help_text="Those that people can choose, the default one first.")
    time_zone = serializers.CharField(help_text="The portal's zone, such as Asia/Kolkata.")
    now = serializers.DateTimeField(help_text="The time in that zone.")
    branding = BrandingSerializer()
    person = PersonSummarySerializer(allow_null=True, help_text="null for anonymous visitors.")
    apps = AppSerializer(many=True, help_text="Those that the visitor can open, sorted by title.")
    icons = serializers.DictField(child=IconSerializer(), help_text="Icon name → its shape.")
    pinned = serializers.ListField(
        child=serializers.CharField(), help_text="The names of the pinned apps, in their order. Each is in `apps`."
    )
    recent = serializers.ListField(
        child=serializers.CharField(), help_text="The names of the apps that were opened last, newest first, at most 8."
    )
    unread = serializers.IntegerField(help_text="The number of unread notifications.")


class OpenableAppField(serializers.CharField):
    """The name of an app that the visitor can open: one of `openable` in the serializer's context."""

    default_error_messages = {"unknown": gettext_lazy("There is no app called {name}, or you cannot open it.")}

    def __init__(self, **more: Any) -> None:
        super().__init__(max_length=40, **more)

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data)
        if name not in self.context["openable"]:
            self.fail("unknown", name=name)
        return name


class PinnedSerializer(serializers.Serializer[Any]):
    apps = serializers.ListField(
        child=OpenableAppField(), max_length=MOST_PINNED, help_text="The names of the apps, in their order."
    )

    def validate_apps(self, names: list[str]) -> list[str]:
        if len(set(names)) < len(names):
            raise serializers.ValidationError(_("Name each app once."))
        return names


class OpenedSerializer(serializers.Serializer[Any]):
    app = OpenableAppField(help_text="The name of the app that was opened.")


class RecentSerializer(serializers.Serializer[Any]):
    apps = serializers.ListField(child=serializers.CharField(), help_text="As `recent` of the portal.")


class AttentionItemSerializer(serializers.Serializer[Any]):
    app = serializers.CharField(help_text="The name of the app that the item is about.")
    app_title = serializers.CharField()
    app_icon = serializers.CharField()
    # The name of the field is also that of an attribute of serializers, which no one reads here.
    source = serializers.CharField(  # type: ignore[assignment]  # see above
        help_text="The name of the service or app that reports the item."
    )
    key = serializers.CharField(help_text="What `source` calls the item, or empty.")
    title = serializers.CharField()
    detail = serializers.CharField()
    link = serializers.CharField(help_text="A path of the portal.")
    action = serializers.CharField(help_text="What to do there, such as Vote, or empty.")
    at = serializers.DateTimeField(allow_null=True, help_text="When it is due, or when it happened.")


class AttentionSerializer(serializers.Serializer[Any]):
    items = AttentionItemSerializer(
        many=True, help_text="Due ones first, with the soonest first; past ones last, with the newest first."
    )
    more = serializers.ListField(
        child=serializers.CharField(), help_text="The names of the apps that have further items."
    )
    incomplete = serializers.ListField(
        child=serializers.CharField(), help_text="The names of the apps that failed or took too long."
    )


class FindSerializer(serializers.Serializer[Any]):
    q = serializers.CharField(min_length=2, max_length=100, help_text="What to search for.")
    app = serializers.RegexField(
        rf"^{NAME.pattern}$", required=False, default="", help_text="The name of an app, for more of its results."
    )

    def validate_q(self, text: str) -> str:
        return " ".join(text.split())


class FoundResultSerializer(serializers.Serializer[Any]):
    title = serializers.CharField()
    detail = serializers.CharField()
    link = serializers.CharField(help_text="A path of the portal.")
    image = serializers.CharField(help_text="The path of an image, or empty.")


class FoundGroupSerializer(serializers.Serializer[Any]):
    app = serializers.CharField()
    title = serializers.CharField()
    icon = serializers.CharField()
    results = FoundResultSerializer(many=True)
    more = serializers.BooleanField(help_text="The app has further results.")


class FoundSerializer(serializers.Serializer[Any]):
    groups = FoundGroupSerializer(many=True, help_text="Sorted by the titles of the apps.")
    incomplete = serializers.ListField(
        child=serializers.CharField(), help_text="The names of the apps that failed or took too long."
    )


class VisitSerializer(serializers.Serializer[Any]):
    topic = serializers.RegexField(TOPIC, max_length=120, help_text="What the page shows, such as polls:7.")
    leave = serializers.BooleanField(default=False, help_text="The page is being closed.")


class PresenceSerializer(serializers.Serializer[Any]):
    people = serializers.IntegerField(help_text="At most 1,000 are counted.")
