"""The keys of `manifest.yaml`, the description of a service or an app."""

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StrictBool, StringConstraints

from core.configuration.portal import SITES, SiteName
from core.configuration.validation import Strict
from core.configuration.values import Name

from .text_templates import parameter_names

FILE_NAME = "manifest.yaml"
DEFAULT_ICON = "app"  # the first letter of the title
ICON_FILE = "./icon.svg"
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

    sign_in: Literal["required", "optional"] = Field("required", description="`required` or `optional`")
    sites: Annotated[list[SiteName], Field(min_length=1)] = Field(
        list(SITES), description="`intranet`, `internet` or both"
    )
    rings: list[Name] = Field([], description="rings of `portal.yaml`; without one, every network")
    roles: list[Name] = Field([], description="roles of `portal.yaml`; without one, everyone")
    maintainers: StrictBool = Field(
        False,
        description="`true` for the people who can use `/admin/`. Give the views the permission `IsMaintainer`, which "
        "also asks for a second factor",
    )

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

    title: Annotated[Template, StringConstraints(min_length=1, max_length=200)] = Field(
        description='one line, at most 200 characters, with parameters in braces: `"{book} is due {day}"`'
    )
    body: Annotated[Template, StringConstraints(max_length=500)] = Field(
        "", description="more text, at most 500 characters, with parameters in braces"
    )
    channels: Annotated[list[ChannelName], Field(min_length=1)] = Field(
        ["inbox"], description="`inbox`, `mail` or both"
    )
    optional: StrictBool = Field(False, description="whether people can turn it off, for each channel")
    urgent: StrictBool = Field(False, description="whether it is mailed at once, not together with others")
    parameters: Annotated[list[Name], Field(max_length=20)] = Field(
        [], description="parameters that neither text shows, such as an id for the mail"
    )

    @property
    def shown_parameters(self) -> frozenset[str]:
        """The names of the parameters of the title and the body."""
        return parameter_names(self.title) | parameter_names(self.body)

    @property
    def all_parameters(self) -> frozenset[str]:
        """The names of the parameters that a message of this kind must have."""
        return self.shown_parameters | frozenset(self.parameters)


# What a scope lets a script do, such as "See your polls". The full name of the scope is <app>.<name>.
ScopeText = Annotated[str, StringConstraints(min_length=1, max_length=100)]

# The last segment of a path, such as sign-in: mounted at /sign-in and below.
PagePath = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,39}$")]


class Action(Strict):
    """What people can begin on a page of the app, such as "Ask a poll". The search of the portal offers it.

    `path` is that of the page, below /<name>/.
    """

    title: Annotated[str, StringConstraints(min_length=1, max_length=60)] = Field(
        description="what the search offers, such as `Ask a poll`"
    )
    path: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]+(/[A-Za-z0-9_-]+)*$", max_length=100)] = Field(
        description="its page, below that of the app"
    )


# Where an app takes files: a path below /api/<name>/, such as me/photo/. A segment * is any one segment, such as an id.
UploadPath = Annotated[str, StringConstraints(max_length=100), AfterValidator(check_upload_path)]
Megabytes = Annotated[int, Field(ge=1, le=LARGEST_UPLOAD_MEGABYTES)]


class Manifest(Strict):
    title: Annotated[str, StringConstraints(min_length=1, max_length=60)] = Field(
        description="the app's name, at most 60 characters"
    )
    description: Annotated[str, StringConstraints(max_length=200)] = Field(
        "", description="one sentence, at most 200 characters"
    )
    icon: Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9-]{0,39}|\./icon\.svg)$")] = Field(
        DEFAULT_ICON,
        description="a name of [Lucide](https://lucide.dev/icons), `app` for a letter, or `./icon.svg`",
    )
    category: Annotated[str, StringConstraints(max_length=40)] = Field(
        "", description="the heading under which the tile appears"
    )
    actions: Annotated[list[Action], Field(max_length=5)] = Field(
        [], description="what people can begin in the app, at most 5; the search offers them"
    )
    notifications: dict[Name, NotificationKind] = Field(
        default_factory=dict, description="kinds of notifications by name"
    )
    scopes: Annotated[dict[Name, ScopeText], Field(max_length=20)] = Field(
        {}, description="what a script may do with an API token, by name: texts of at most 100 characters, at most 20"
    )
    audience: Audience = Field(Audience(), description="who may use the app")
    uploads: Annotated[dict[UploadPath, Megabytes], Field(max_length=10)] = Field(
        {}, description="paths below `/api/<name>/` that take bodies of more than 1 MB, with megabytes: see below"
    )
    pages: list[PagePath] = Field(  # core/plugins/pages.py
        [], description="services only: further page paths, such as `[sign-in]`, which have no tile"
    )
