"""The keys of `manifest.yaml`, the description of a service or an app."""

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from core.configuration.portal import SITES, SiteName
from core.configuration.validation import Strict
from core.configuration.values import Name

FILE_NAME = "manifest.yaml"


class Audience(Strict):
    """Who may use an app. By default, everyone who has signed in, on both sites and from every network."""

    sign_in: Literal["required", "optional"] = "required"
    sites: Annotated[list[SiteName], Field(min_length=1)] = list(SITES)
    rings: list[Name] = []
    roles: list[Name] = []

    @property
    def requires_sign_in(self) -> bool:
        """Whether anonymous visitors are refused. They also are where roles are named, because they have none."""
        return self.sign_in == "required" or bool(self.roles)


class NotificationKind(Strict):
    title: Annotated[str, StringConstraints(min_length=1, max_length=60)]


# The last segment of a path, such as sign-in: mounted at /sign-in and below.
PagePath = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]


class Manifest(Strict):
    title: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    description: Annotated[str, StringConstraints(max_length=200)] = ""
    icon: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")] = "app"
    category: Annotated[str, StringConstraints(max_length=40)] = ""
    notifications: dict[Name, NotificationKind] = Field(default_factory=dict)
    audience: Audience = Audience()
    pages: list[PagePath] = []  # of a service only: core/plugins/pages.py
