"""`portal.yaml`: what this portal is. It holds no secret and no server's URL, so it is safe to commit."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from django.conf.global_settings import LANGUAGES
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    StringConstraints,
    ValidationInfo,
    field_validator,
    model_validator,
)
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

from .institute_sign_in import InstituteSignIn
from .prefixes import MEDIA, STATIC
from .validation import Strict
from .values import Cidr, Colour, Domain, Email, Name, TimeZone, Title, WebUrl, ascii_domain

FILE_NAME = "portal.yaml"

SiteName = Literal["intranet", "internet"]
SITES: tuple[SiteName, ...] = ("intranet", "internet")


def check_language(value: str) -> str:
    if value not in dict(LANGUAGES):
        raise ValueError("a language that Django ships, such as en, hi or pt-br")
    return value


Language = Annotated[str, AfterValidator(check_language)]


def check_details(value: dict[str, Any]) -> dict[str, Any]:
    """Accept a JSON Schema of an object, draft 2020-12: https://json-schema.org/draft/2020-12."""
    if not value:
        return value
    try:
        Draft202012Validator.check_schema(value)
    except SchemaError as error:
        where, message = ".".join(map(str, error.path)) or "it", error.message[:200]
        raise ValueError(f"a JSON Schema (draft 2020-12). In this one {where} is wrong: {message}") from error
    if value.get("type") != "object" or not isinstance(value.get("properties", {}), dict):
        raise ValueError("a JSON Schema of an object: type: object, with its fields under properties")
    resolver = Registry().resolver_with_root(DRAFT202012.create_resource(value))
    for reference in references(value):
        try:
            resolver.lookup(reference)
        except Unresolvable as error:
            raise ValueError(f"a JSON Schema with references to itself only. {reference} is not in it") from error
    return value


def references(schema: Any) -> Iterator[str]:
    """Yield each reference of a schema. They must point into the schema, because nothing is ever fetched."""
    if isinstance(schema, dict):
        for key, inner in schema.items():
            if key in {"$ref", "$dynamicRef"} and isinstance(inner, str):
                yield inner
            yield from references(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from references(inner)


class Institute(Strict):
    name: Title
    url: WebUrl


class Maintainers(Strict):
    name: Title
    email: Email


PicturePath = Annotated[str, StringConstraints(max_length=300, pattern=rf"^(|({MEDIA}|{STATIC})[^\s?#]+)$")]


class Branding(Strict):
    """Hold the paths of pictures below /media/ or /static/. For an empty one the frontend has its own picture."""

    logo: PicturePath = ""
    favicon: PicturePath = ""
    colour: Colour = "#1f5fbf"


class Site(Strict):
    """A site. Visitors from one of its `rings` may enter it; without rings, every visitor may."""

    domain: Domain
    rings: list[Name] = []

    @property
    def host(self) -> str:
        """The domain as browsers send it, in ASCII."""
        return ascii_domain(self.domain)


class Sites(Strict):
    internet: Site
    intranet: Site


class Role(Strict):
    """A role. `details` is the JSON Schema of what maintainers record about a person with this role.

    The directory shows and searches the details that `directory` names.
    """

    title: Title
    description: Annotated[str, StringConstraints(max_length=200)] = ""
    details: Annotated[dict[str, Any], AfterValidator(check_details)] = Field(default_factory=dict)
    directory: list[str] = []

    @model_validator(mode="after")
    def check_directory(self) -> Self:
        """Refuse a detail in `directory` that `details` does not have."""
        known = list(self.details.get("properties", {}))
        if missing := [name for name in self.directory if name not in known]:
            allowed = ", ".join(known) or "(none)"
            raise ValueError(f"names of details.properties: {allowed}. directory has {', '.join(missing)}")
        return self


class SignUp(Strict):
    """Who may create an account: people with an email address at one of `domains`, or everyone without domains.

    A subdomain is a different domain.
    """

    domains: Annotated[list[Domain], Field(min_length=1)] = []

    def admits(self, email: str) -> bool:
        """Return whether a person with this email address may create an account."""
        try:
            domain = ascii_domain(email.rpartition("@")[2])
        except ValueError:
            return False
        return not self.domains or domain in map(ascii_domain, self.domains)


def read_sign_up(value: object) -> object:
    """Read `false` as nobody, `true` as everyone, and a mapping as the domains of those who may sign up."""
    if isinstance(value, bool):
        return SignUp() if value else None
    if isinstance(value, SignUp) or (isinstance(value, dict) and value):
        return value
    raise ValueError("false, true, or {domains: [example.edu]}")


class Security(Strict):
    """How long a sign-in counts: any session in days, and a second factor in hours for what maintainers may do."""

    session_days: Annotated[int, Field(strict=True, ge=1, le=365)] = 30
    second_factor_hours: Annotated[int, Field(strict=True, ge=1, le=168)] = 12


class Notifications(Strict):
    """How many notifications an inbox has, and after how many days notifications are deleted."""

    inbox: Annotated[int, Field(strict=True, ge=10, le=1000)] = 200
    keep_days: Annotated[int, Field(strict=True, ge=1, le=3650)] = 90


class SingleSignOn(Strict):
    """The site with the pages on which people sign in at the institute's other sites."""

    site: SiteName = "internet"


class Portal(Strict):
    name: Title
    description: Annotated[str, StringConstraints(max_length=200)] = ""
    institute: Institute
    maintainers: Maintainers
    language: Language
    languages: Annotated[list[Language], Field(max_length=20, validate_default=True)] = []
    time_zone: TimeZone
    branding: Branding = Branding()
    sites: Sites
    tls: Literal["self-signed", "own-certificate", "none"]
    rings: dict[Name, list[Cidr]] = Field(default_factory=dict)
    roles: dict[Name, Role] = Field(default_factory=dict)
    sign_up: Annotated[SignUp | None, BeforeValidator(read_sign_up, json_schema_input_type=SignUp | bool | None)] = None
    institute_sign_in: InstituteSignIn | None = None
    single_sign_on: SingleSignOn = SingleSignOn()
    security: Security = Security()
    notifications: Notifications = Notifications()

    @field_validator("languages")
    @classmethod
    def add_default_language(cls, languages: list[str], info: ValidationInfo) -> list[str]:
        """Put the default language first. `languages` need not name it, and may repeat it."""
        default = info.data.get("language")  # absent if it is refused
        return list(dict.fromkeys([*([default] if default else []), *languages]))

    @model_validator(mode="after")
    def check_references(self) -> Self:
        """Refuse the same domain for both sites, and a ring or a role that is not under `rings` or `roles`."""
        if self.sites.internet.host == self.sites.intranet.host:
            raise ValueError(f"two different domains. Both sites have {self.sites.internet.domain}")
        for name, site in (("internet", self.sites.internet), ("intranet", self.sites.intranet)):
            if missing := [ring for ring in site.rings if ring not in self.rings]:
                raise ValueError(f"names under rings. sites.{name}.rings has {', '.join(missing)}, which is not there")
        claimed = self.institute_sign_in.roles if self.institute_sign_in else None
        if missing := sorted(set(claimed.values.values() if claimed else ()) - set(self.roles)):
            raise ValueError(
                f"names under roles. institute_sign_in.roles.values has {', '.join(missing)}, which is not there"
            )
        return self

    def site(self, name: SiteName) -> Site:
        return self.sites.intranet if name == "intranet" else self.sites.internet
