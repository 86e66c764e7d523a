"""Finish a portal: remove the example app if it is not wanted, write `.env` and the secrets' files, print what is next.

cookiecutter renders this file and runs it with its own Python, inside the new portal. It makes no git repository:
update tools run this hook too, in folders that they compare, and a repository would be part of the comparison.
"""

import hashlib
import json
import os
import re
import secrets
import shlex
import shutil
from pathlib import Path

ANSWERS = json.loads(r"""{{ cookiecutter | tojson }}""")  # JSON never holds three quotes in a row


def remove_example_app():
    """Remove the example app and keep apps/, which is for the institute's own apps."""
    if Path("apps/polls").exists():
        shutil.rmtree("apps/polls")


def write_environment():
    """Write `.env` from `.env.example`, and its secrets to files. Keep one that exists: its secrets are in use."""
    try:
        descriptor = os.open(".env", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    lines = Path(".env.example").read_text(encoding="utf-8").splitlines()
    lines = [fill_in(line) for line in lines]
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
        file.writelines(line + "\n" for line in lines)
    write_secrets(dict(line.split("=", 1) for line in lines if re.match(r"[A-Z_]+=", line)))


def write_secrets(variables):
    """Write the secrets of `.env` to the files that compose.yaml mounts.

    infrastructure/write-secrets does the same when `.env` has changed. Its comments say why the modes are these.
    """
    folder = Path("secrets")
    folder.mkdir(mode=0o700, exist_ok=True)
    digest = hashlib.sha256()
    mounted = re.findall(r"(?m)^  [a-z_]+: \{file: \./secrets/([a-z_]+)\}$", Path("compose.yaml").read_text())
    for name in sorted(mounted):
        content = (mail_keys(variables) if name == "mail_keys" else variables[name.upper()]).encode()
        (folder / name).write_bytes(content)
        (folder / name).chmod(0o444)
        digest.update(content)
    (folder / ".digest").write_text(f"SECRETS_DIGEST={digest.hexdigest()[:16]}\n")
    (folder / ".digest").chmod(0o600)


def mail_keys(variables):
    """Return the keys of mail, made of the encryption keys: core/configuration/production.py says how."""
    return hashlib.sha256(f"portal mail {variables['ENCRYPTION_KEYS']}".encode()).hexdigest()


def fill_in(line):
    if re.fullmatch(r"SECRET_KEY=|ENCRYPTION_KEYS=|[A-Z_]+_PASSWORD=", line):
        return line + secrets.token_hex(32)
    if line == "MAIL_FROM=":
        return line + format_sender(ANSWERS["maintainers_name"], ANSWERS["maintainers_email"])
    return line


def format_sender(name, email):
    """Return the maintainers' name and email address, quoted so that every reader of `.env` reads the same value.

    Readers differ: Compose expands $ and backslashes inside double quotes. python-dotenv unescapes backslashes inside
    all quotes, and expands ${} inside all of them. A name that holds one of these characters becomes an encoded word
    (RFC 2047), which mail programs show as the name. Other names stay readable.
    """
    if re.search(r'["\\$`]|=\?', name):
        from email.charset import Charset  # imported here, because few names need it

        name = Charset("utf-8").header_encode(name)
    elif not re.fullmatch(r"[\w'-]+( [\w'-]+)*", name):
        name = f'"{name}"'
    local_part, _, host = email.rpartition("@")
    sender = f"{name} <{local_part}@{ascii_domain(host)}>"
    if "'" in sender:
        return '"' + sender.replace('"', r"\"") + '"'
    return f"'{sender}'"


def ascii_domain(domain):
    """Return the domain in ASCII, as mail servers write it.

    Django would convert it by the rules of IDNA 2003, which turn faß into fass. This is IDNA 2008.
    """
    if domain.isascii():
        return domain.lower()
    import idna  # imported here, because few domains need it; pre_gen_project.py has checked that it is installed

    return idna.encode(domain, uts46=True).decode()


AT_A_PROXY = """
TLS ends at a proxy in front of the portal. Before `make up`, set TRUSTED_PROXIES in .env to the IP address of this
proxy: docs/operate/use-a-proxy.md says how.
"""


def next_commands():
    """Return the text that says what to do next, with a path from the folder in which cookiecutter was started."""
    started_in = os.environ.get("PWD", "")  # cookiecutter has changed its working folder since
    folder = os.path.relpath(Path.cwd(), started_in) if Path(started_in).is_absolute() else str(Path.cwd())
    return f"""
{ANSWERS["project_slug"]} is ready. Next:

  cd {shlex.quote(folder)}
  make dev          # sets up, then serves the portal on http://127.0.0.1:8000
  make maintainer   # in another terminal: makes your account
{AT_A_PROXY if ANSWERS["tls"] == "none" else ""}"""


def is_for_comparison():
    """Return whether cruft makes this portal in a temporary folder, to compare it with the real one."""
    if "_commit" not in ANSWERS:  # cruft sets it, cookiecutter does not
        return False
    from tempfile import gettempdir

    return Path(gettempdir()).resolve() in Path.cwd().resolve().parents


if not ANSWERS["example_app"]:
    remove_example_app()
write_environment()
if not is_for_comparison():
    print(next_commands())
