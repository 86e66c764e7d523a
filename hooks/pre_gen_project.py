"""Refuse answers that cannot work, all of them at once, before anything is written.

cookiecutter renders this file and runs it with its own Python, so the packages that cookiecutter depends on are there:
idna (through requests) and tzdata (through arrow). Imports take most of a hook's time, so those that few answers need
are made where they are used. The long lists are in cookiecutter.json. A check raises ValueError with what to do.
"""

import ipaddress
import json
import os
import re
import sys
import unicodedata
from pkgutil import get_data
from urllib.parse import urlsplit

ANSWERS = json.loads(r"""{{ cookiecutter | tojson }}""")  # JSON never holds three quotes in a row

OLDEST_PYTHON = (3, 10)
LONGEST_TEXT = 200
LONGEST_SLUG = 40
LANGUAGES = " ".join(ANSWERS["_languages"]).split()
RESERVED = {name: kind for kind, lines in ANSWERS["_reserved_names"].items() for name in " ".join(lines).split()}
# Invisible, but some languages and emoji need them: joiners, marks of direction, the tags of flags.
INVISIBLE_BUT_USED = {*"\u200c\u200d\u200e\u200f", *map(chr, range(0xE0020, 0xE0080))}


def check_characters(text):
    """Refuse what cannot be printed on one line, and the marks of a template."""
    for character in text:
        number = ord(character)
        unprintable = unicodedata.category(character) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
        noncharacter = number & 0xFFFE == 0xFFFE or 0xFDD0 <= number <= 0xFDEF
        if (unprintable or noncharacter) and character not in INVISIBLE_BUT_USED:
            raise ValueError(f"leave out U+{number:04X}, which is not a printable character")
    if mark := re.search("[{][#%{]", text):
        raise ValueError(f"put a space inside {mark[0]}: update tools take it for a placeholder")


def check_length(text):
    if len(text) > LONGEST_TEXT:
        raise ValueError(f"make it shorter by {len(text) - LONGEST_TEXT}")


def check_name(text):
    if not text.strip():
        raise ValueError("enter a name")
    check_length(text)


def check_slug(text):
    if not re.fullmatch(r"[a-z]([a-z0-9-]*[a-z0-9])?", text) or len(text) > LONGEST_SLUG:
        valid = re.sub(r"[^a-z0-9]+", "-", text.lower()).lstrip("-0123456789")[:LONGEST_SLUG].rstrip("-") or "portal"
        raise ValueError(f"choose another, such as {f'portal-{valid}' if valid in RESERVED else valid}")
    if text in RESERVED:
        raise ValueError(f"choose another, such as portal-{text}: {text} is {RESERVED[text]}")


def check_domain(text):
    """Return the domain in ASCII, as DNS holds it."""
    host = re.sub(r"^[a-z+.-]+://", "", text, flags=re.IGNORECASE)
    host = re.sub(r"[/?#].*$", "", host).rpartition("@")[2]
    host = re.sub(r"^\*\.|:\d*$|\.$", "", host)
    labels = [ascii_label(label) for label in host.split(".")]
    if max(map(len, labels)) > 63 or len(".".join(labels)) > 253:
        raise ValueError("make it shorter: at most 63 characters in each part, at most 253 characters in total")
    if labels[-1].isdigit():
        raise ValueError("write a name, not a number: the last part needs a letter")
    if host != text:
        raise ValueError(f"write {host}")
    return ".".join(labels)


def ascii_label(label):
    """Return one part of a domain in ASCII, by IDNA 2008. The standard library has IDNA 2003, which turns ß into ss."""
    if not label:
        raise ValueError("write something before, between and after the dots")
    if label.strip("-") != label:
        raise ValueError(f"leave out the - at the beginning or end of {label}")
    lower = unicodedata.normalize("NFC", "".join(letter.lower() for letter in label))  # "Σ" is ς at the end of a word
    if re.fullmatch(r"[a-z0-9-]+", lower) and lower[2:4] != "--":
        return lower
    try:
        import idna

        return idna.alabel(lower).decode()
    except ModuleNotFoundError:
        raise ValueError(how_to_install("idna")) from None
    except ValueError as error:
        if lower.startswith("xn--"):
            raise ValueError(f"write {label} in its own script: this is not valid Punycode") from None
        if isinstance(error, idna.IDNABidiError):
            raise ValueError(f"start {label} with a letter, and write it in one direction") from None
        codepoint = getattr(error, "codepoint", None)  # since idna 3.19
        raise ValueError(f"leave out {quote(chr(codepoint))}" if codepoint else f"change {label}: {error}") from None


def check_email(text):
    local_part, at, host = text.rpartition("@")
    atom = r"[A-Za-z0-9!#%&'*+/=?^_|~-]+"  # RFC 5322 also allows $, ` and braces, which readers of .env expand
    if not at or not re.fullmatch(rf"{atom}(\.{atom})*", local_part) or len(local_part) > 64 or len(text) > 254:
        bracketed = re.search(r"<([^<>\s]+@[^<>\s]+)>", text)
        raise ValueError(f"write {bracketed[1]}" if bracketed else "write only the address: name@domain")
    check_host("after the @", host)


def check_url(text):
    if re.search(r"[\s\"'<>\\^`{|}]", text):
        raise ValueError("write spaces, quotes, brackets and backslashes as % and two digits, or leave them out")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError("correct the part between :// and the next /") from None
    if parts.scheme not in {"http", "https"}:
        raise ValueError("start it with https://")
    if not host or parts.username is not None or port == 0:
        raise ValueError("write a host after ://, without a user name")
    try:
        ipaddress.ip_address(host)
    except ValueError:
        check_host("after ://", host)


def check_host(place, host):
    try:
        check_domain(host)
    except ValueError as error:
        raise ValueError(f"{place}: {error}") from None


def check_networks(text):
    items = [item.strip(" ") for item in text.split(",")]
    nearest = [nearest_network(item) for item in items]
    if nearest != items:
        valid = ", ".join(network for network in nearest if network)
        invalid = ", ".join(item for item in items if item and not nearest_network(item))
        advice = f"write {valid}" if valid else "name at least one network"
        raise ValueError(f"{advice}; these are not networks: {invalid}" if invalid else advice)


def nearest_network(item):
    """Return the item when it is a network, the network around it when it is an IP address, otherwise None."""
    try:
        interface = ipaddress.ip_interface(item.replace("%", " "))  # a zone, as in fe80::1%eth0, is of one machine
    except ValueError:
        return None
    exact = re.search(r"/(0|[1-9][0-9]*)$", item) and interface.ip == interface.network.network_address
    return item if exact else str(interface.network)


def check_language(text):
    check_listed(text, LANGUAGES)


def check_time_zone(text):
    if names := get_data("tzdata", "zones"):  # one file; zoneinfo opens 600 files to list the same names
        names = set(names.decode().split())
    else:
        from zoneinfo import available_timezones

        names = available_timezones()
    if not names:
        raise ValueError(how_to_install("tzdata"))
    check_listed(text, names - {"Factory", "localtime"})


def check_listed(text, values):
    if text not in values:
        from difflib import get_close_matches

        by_lower_case = {value.lower(): value for value in values}
        close = get_close_matches(text.lower().replace(" ", "_"), by_lower_case, n=1)
        raise ValueError(f"write {by_lower_case[close[0]]}, if you mean that" if close else "choose one of those")


def how_to_install(package):
    return f"install {package}, which checks this answer: {sys.executable} -m pip install {package}"


NAME = check_name, f"a name of 1 to {LONGEST_TEXT} printable characters, on one line"
DOMAIN = check_domain, "a host name such as portal.example.edu, in any script: no scheme, port, path or wildcard"
CHECKS = {  # prompt: (check, what is allowed)
    "project_name": NAME,
    "project_slug": (
        check_slug,
        f"a letter a to z, then at most {LONGEST_SLUG - 1} of a to z, 0 to 9 and -, no - last",
    ),
    "description": (check_length, f"at most {LONGEST_TEXT} printable characters, on one line"),
    "institute_name": NAME,
    "institute_url": (check_url, "a URL that starts with https:// or http://, such as https://www.example.edu"),
    "maintainers_name": NAME,
    "maintainers_email": (check_email, "an email address such as maintainers@example.edu"),
    "internet_domain": DOMAIN,
    "intranet_domain": DOMAIN,
    "intranet_networks": (check_networks, "networks in CIDR notation, such as 10.0.0.0/8, 2001:db8::/32"),
    "language_code": (check_language, "the code of a language that Django supports, such as en, hi or pt-br"),
    "time_zone": (check_time_zone, "a time zone of the IANA database, such as UTC or Asia/Kolkata"),
}
DERIVED = {
    "maintainers_name": ("project_name", f"{ANSWERS['project_name'][:180]} maintainers"),
    "internet_domain": ("project_slug", f"{ANSWERS['project_slug']}.localhost"),
    "intranet_domain": ("project_slug", f"intranet.{ANSWERS['project_slug']}.localhost"),
}


def find_problems():
    """Yield (prompt, answer, allowed, do) for each answer that cannot be used."""
    results, refused = {}, set()
    for prompt, (check, allowed) in CHECKS.items():
        answer = ANSWERS[prompt]
        source, default = DERIVED.get(prompt, (None, None))
        if source in refused and answer == default:
            continue  # this default was made from a refused answer, and changes with it
        try:
            check_characters(answer)
            results[prompt] = check(answer)
            if prompt == "intranet_domain" and results[prompt] == results.get("internet_domain"):
                raise ValueError(f"choose another than internet_domain, such as intranet.{ANSWERS['internet_domain']}")
        except ValueError as error:
            refused.add(prompt)
            yield prompt, answer, allowed, str(error)


def report(problems):
    """Return the text of a refusal. cookiecutter prints a traceback after it, which a hook cannot prevent."""
    colour, plain = ("\033[1;31m", "\033[0m") if sys.stderr.isatty() and not os.environ.get("NO_COLOR") else ("", "")
    count = "One answer" if len(problems) == 1 else f"{len(problems)} answers"
    paragraphs = [f"{colour}{count} cannot be used, and nothing has been written.{plain}"]
    for prompt, answer, allowed, do in problems:
        paragraphs.append(f"{colour}{prompt}{plain}\n  found    {quote(answer)}\n  allowed  {allowed}\n  do       {do}")
    paragraphs.append(f"{colour}Correct this and try again. You can ignore the traceback below.{plain}")
    return "\n" + "\n\n".join(paragraphs) + "\n"


def quote(text):
    """Return the text in quotes, in ASCII when it holds a character that is invisible or disturbs the terminal."""
    return json.dumps(text, ensure_ascii=not text.isprintable())


if sys.version_info < OLDEST_PYTHON:
    sys.exit(
        f"Python: the one that runs cookiecutter\n  found    {sys.version.split()[0]}\n"
        "  allowed  3.10 or newer (the portal itself needs 3.12)\n"
        "  do       run cookiecutter with a newer Python, for example: uvx --python 3.13 cookiecutter ..."
    )
if problems := list(find_problems()):
    sys.exit(report(problems))
