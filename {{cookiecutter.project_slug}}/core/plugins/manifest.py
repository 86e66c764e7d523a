"""The keys of `manifest.yaml`, the description of a service or an app."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from core.configuration.portal import SITES, SiteName
from core.configuration.validation import Strict
from core.configuration.values import Name

FILE_NAME = "manifest.yaml"
LARGEST_UPLOAD_MEGABYTES = 40  # uploads wait in the reverse proxy's memory: core/deployment/nginx.py


def check_upload_path(value: str) -> str:
    if not re.fullmatch(r"(?:(?:[A-Za-z0-9_-]+|\*)/)+", value):
        raise ValueError("a path such as me/photo/ or */files/, without a slash in front and with one at the end")
    return value


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


# Where an app takes files: a path below /api/<name>/, such as me/photo/. A segment * is any one segment, such as an id.
UploadPath = Annotated[str, StringConstraints(max_length=100), AfterValidator(check_upload_path)]
Megabytes = Annotated[int, Field(ge=1, le=LARGEST_UPLOAD_MEGABYTES)]


class Manifest(Strict):
    title: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    description: Annotated[str, StringConstraints(max_length=200)] = ""
    icon: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")] = "app"
    category: Annotated[str, StringConstraints(max_length=40)] = ""
    notifications: dict[Name, NotificationKind] = Field(default_factory=dict)
    audience: Audience = Audience()
    uploads: Annotated[dict[UploadPath, Megabytes], Field(max_length=10)] = {}
    pages: list[PagePath] = []  # of a service only: core/plugins/pages.py
