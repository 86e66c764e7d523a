"""`portal.yaml`: what this portal is. Safe to commit; no secret and no server's address stands in it."""

from collections.abc import Iterator
from typing import Annotated, Any, Literal, Self

from django.conf.global_settings import LANGUAGES
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints, model_validator
from referencing import Registry
from referencing.exceptions import Unresolvable
from referencing.jsonschema import DRAFT202012

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


def check_details(value: dict[str, Any]) -> dict[str, Any]:
    """A schema of an object, of the newest draft: https://json-schema.org/draft/2020-12."""
    if not value:
        return value
    try:
        Draft202012Validator.check_schema(value)
    except SchemaError as error:
        where = ".".join(map(str, error.path)) or "it"
        raise ValueError(
            f"a JSON Schema (draft 2020-12); of this one, {where} is wrong: {error.message[:200]}"
        ) from error
    if value.get("type") != "object" or not isinstance(value.get("properties", {}), dict):
        raise ValueError("a JSON Schema of an object: type: object, and under properties what it may hold")
    resolver = Registry().resolver_with_root(DRAFT202012.create_resource(value))
    for reference in references(value):
        try:
            resolver.lookup(reference)
        except Unresolvable as error:
            raise ValueError(
                f"a JSON Schema whose every $ref leads to a place in it; {reference} leads nowhere"
            ) from error
    return value


def references(schema: Any) -> Iterator[str]:
    """All that a schema refers to; nothing is ever fetched, so it has to be in the schema itself."""
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
    """A site; `rings` are those that may enter it: every ring when there are none."""

    domain: Domain
    rings: list[Name] = []

    @property
    def host(self) -> str:
        """The domain as browsers send it: in ASCII."""
        return ascii_domain(self.domain)


class Sites(Strict):
    internet: Site
    intranet: Site


class Role(Strict):
    """A hat. `details` is the JSON Schema of what is known of whoever wears it, for maintainers.

    `directory` names those of the details that the directory shows and searches as well.
    """

    title: Title
    description: Annotated[str, StringConstraints(max_length=200)] = ""
    details: Annotated[dict[str, Any], AfterValidator(check_details)] = Field(default_factory=dict)
    directory: list[str] = []

    @model_validator(mode="after")
    def check_directory(self) -> Self:
        """The directory can show only what there may be."""
        known = list(self.details.get("properties", {}))
        if missing := [name for name in self.directory if name not in known]:
            raise ValueError(f"directory names {', '.join(missing)}: one of details.properties ({', '.join(known)})")
        return self


class SignUp(Strict):
    """People may make an account for themselves: those with an e-mail address at one of `domains`, or all.

    A domain is meant exactly: its sub-domains are other domains.
    """

    domains: Annotated[list[Domain], Field(min_length=1)] = []

    def admits(self, email: str) -> bool:
        """Whether somebody with this address may make an account."""
        try:
            domain = ascii_domain(email.rpartition("@")[2])
        except ValueError:
            return False
        return not self.domains or domain in map(ascii_domain, self.domains)


def read_sign_up(value: object) -> object:
    """`false` is nobody and `true` everybody; anything else names domains."""
    if isinstance(value, bool):
        return SignUp() if value else None
    if isinstance(value, SignUp) or (isinstance(value, dict) and value):
        return value
    raise ValueError("false, true, or {domains: [example.edu]}")


class Portal(Strict):
    name: Title
    description: Annotated[str, StringConstraints(max_length=200)] = ""
    institute: Institute
    maintainers: Maintainers
    language: Annotated[str, AfterValidator(check_language)]
    time_zone: TimeZone
    branding: Branding = Branding()
    sites: Sites
    tls: Literal["self-signed", "own-certificate", "none"]
    rings: dict[Name, list[Cidr]] = Field(default_factory=dict)
    roles: dict[Name, Role] = Field(default_factory=dict)
    sign_up: Annotated[SignUp | None, BeforeValidator(read_sign_up)] = None

    @model_validator(mode="after")
    def check_references(self) -> Self:
        """Two sites need two domains, and a site may name only rings that exist."""
        if self.sites.internet.host == self.sites.intranet.host:
            raise ValueError(f"two different domains for the two sites, not {self.sites.internet.domain} twice")
        for name, site in (("internet", self.sites.internet), ("intranet", self.sites.intranet)):
            if missing := [ring for ring in site.rings if ring not in self.rings]:
                raise ValueError(f"sites.{name}.rings names {', '.join(missing)}: a ring that stands under rings")
        return self

    def site(self, name: SiteName) -> Site:
        return self.sites.intranet if name == "intranet" else self.sites.internet
