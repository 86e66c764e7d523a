"""The types of configuration values. Each refuses other values with a sentence that says what is allowed."""

import re
import zoneinfo
from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated
from urllib.parse import urlsplit

import idna
from pydantic import AfterValidator, BeforeValidator, StringConstraints

Network = IPv4Network | IPv6Network


def check_domain(value: str) -> str:
    """Accept a host name with letters of any script, without scheme, port, path or wildcard."""
    try:
        ascii_domain(value)
    except ValueError as error:
        raise ValueError("a host name such as portal.example.edu, without scheme, port, path or wildcard") from error
    return value


def ascii_domain(value: str) -> str:
    """Return the domain as servers and certificates write it: `xn--bcher-kva.example` for `bücher.example`.

    Raises ValueError for anything but a domain name.
    """
    # ASCII characters: letters, digits, - and . only. IDNA decides about all others.
    if not value or re.search(r"[\x00-,/:-@\[-`{-\x7f\s]", value) or value != value.strip("."):
        raise ValueError(value)
    name = idna.encode(value, uts46=True).decode()
    if len(name) > 253 or re.fullmatch(r"[\d.]+", name):
        raise ValueError(value)
    return name


def check_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("a URL that starts with https:// or http://")
    return value


def check_email(value: str) -> str:
    local, at, domain = value.rpartition("@")
    if not (at and local and domain) or re.search(r"[\s<>,;]", value):
        raise ValueError("an email address such as portal@example.edu")
    check_domain(domain)
    return value


def check_time_zone(value: str) -> str:
    if value not in zoneinfo.available_timezones():
        raise ValueError("a time zone of the IANA database, such as Asia/Kolkata")
    return value


def check_colour(value: str) -> str:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", value):
        raise ValueError("a colour such as #1f5fbf")
    return value


def check_name(value: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_-]{0,39}", value):
        raise ValueError("a name of at most 40 lower-case letters, digits, _ and -, with a letter first")
    return value


def read_network(value: object) -> Network:
    """Parse a network in CIDR notation. For a network with host bits, the error names the network without them."""
    try:
        return ip_network(str(value))
    except ValueError:
        pass
    try:
        network = ip_network(str(value), strict=False)
    except ValueError as error:
        raise ValueError("a network such as 10.0.0.0/8 or 2001:db8::/32") from error
    raise ValueError(f"a network without host bits: {network}")


Domain = Annotated[str, AfterValidator(check_domain)]
WebUrl = Annotated[str, StringConstraints(max_length=2000), AfterValidator(check_url)]
Email = Annotated[str, StringConstraints(max_length=254), AfterValidator(check_email)]
TimeZone = Annotated[str, AfterValidator(check_time_zone)]
Colour = Annotated[str, AfterValidator(check_colour)]
Name = Annotated[str, AfterValidator(check_name)]
Title = Annotated[str, StringConstraints(min_length=1, max_length=200)]
Cidr = Annotated[Network, BeforeValidator(read_network)]
