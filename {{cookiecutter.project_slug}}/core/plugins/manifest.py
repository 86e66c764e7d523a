"""The keys of `manifest.yaml`, the description of a service or an app."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StrictBool, StringConstraints

from core.configuration.portal import SITES, SiteName
from core.configuration.validation import Strict
from core.configuration.values import Name

from .text_templates import parameter_names

FILE_NAME = "manifest.yaml"
DEFAULT_ICON = "app"
LARGEST_UPLOAD_MEGABYTES = 40  # uploads wait in the reverse proxy's memory: core/deployment/nginx.py


def check_upload_path(value: str) -> str:
    if not re.fullmatch(r"(?:(?:[A-Za-z0-9_-]+|\*)/)+", value):
        raise ValueError("a path such as me/photo/ or */files/, without a slash in front and with one at the end")
    return value


def check_template(value: str) -> str:
    parameter_names(value)
    return value


class Audience(Strict):
    """Who may use an app. By default, everyone who has signed in, on both sites and from every network.

    `maintainers` is for the people who may use /admin/. Its API has the permission IsMaintainer as well, which also
    asks for their second factor.
    """

    sign_in: Literal["required", "optional"] = "required"
    sites: Annotated[list[SiteName], Field(min_length=1)] = list(SITES)
    rings: list[Name] = []
    roles: list[Name] = []
    maintainers: StrictBool = False

    @property
    def requires_sign_in(self) -> bool:
        """Whether anonymous visitors are refused. They also are where roles are named, because they have none."""
        return self.sign_in == "required" or bool(self.roles) or self.maintainers


Template = Annotated[str, AfterValidator(check_template)]
ChannelName = Literal["inbox", "mail"]


class NotificationKind(Strict):
    """A kind of notification: what it says, and how it reaches people.

    `title` and `body` are templates: core/plugins/text_templates.py. `parameters` are further ones, which neither
    shows. People can turn an `optional` kind off. An `urgent` one is mailed at once, not together with others.
    """

    title: Annotated[Template, StringConstraints(min_length=1, max_length=200)]
    body: Annotated[Template, StringConstraints(max_length=500)] = ""
    channels: Annotated[list[ChannelName], Field(min_length=1)] = ["inbox"]
    optional: StrictBool = False
    urgent: StrictBool = False
    parameters: Annotated[list[Name], Field(max_length=20)] = []

    @property
    def shown_parameters(self) -> frozenset[str]:
        """The names of the parameters of the title and the body."""
        return parameter_names(self.title) | parameter_names(self.body)

    @property
    def all_parameters(self) -> frozenset[str]:
        """The names of the parameters that a message of this kind must have."""
        return self.shown_parameters | frozenset(self.parameters)


# The last segment of a path, such as sign-in: mounted at /sign-in and below.
PagePath = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]


class Action(Strict):
    """What people can begin on a page of the app, such as "Ask a poll". The search of the portal offers it.

    `path` is that of the page, below /<name>/.
    """

    title: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    path: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$", max_length=100)]


# Where an app takes files: a path below /api/<name>/, such as me/photo/. A segment * is any one segment, such as an id.
UploadPath = Annotated[str, StringConstraints(max_length=100), AfterValidator(check_upload_path)]
Megabytes = Annotated[int, Field(ge=1, le=LARGEST_UPLOAD_MEGABYTES)]


class Manifest(Strict):
    title: Annotated[str, StringConstraints(min_length=1, max_length=60)]
    description: Annotated[str, StringConstraints(max_length=200)] = ""
    icon: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")] = DEFAULT_ICON
    category: Annotated[str, StringConstraints(max_length=40)] = ""
    actions: Annotated[list[Action], Field(max_length=5)] = []
    notifications: dict[Name, NotificationKind] = Field(default_factory=dict)
    audience: Audience = Audience()
    uploads: Annotated[dict[UploadPath, Megabytes], Field(max_length=10)] = {}
    pages: list[PagePath] = []  # of a service only: core/plugins/pages.py
