"""The secrets of `.env` are files too, for containers: the hook writes them, and infrastructure/write-secrets again."""

from __future__ import annotations

import hashlib
import re
import shutil
import stat
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from dotenv import dotenv_values, set_key

# Values as they may be written in .env. The script and the portal must read the same.
WRITTEN = [
    "plain",
    "  spaces around  ",
    "with # a comment",
    "with#no comment",
    "'single $quotes' # a comment",
    r"'it\'s \\ quoted'",
    '"double $quotes"',
    r'"a \"quote\" and a \\"',
    "smtp://user:p%40ss@host:587?security=starttls",
    "a=b=c",
    "ünïcode",
    "",
]


@pytest.fixture
def portal(generate: Callable[..., Path], tmp_path: Path) -> Path:
    return shutil.copytree(generate(), tmp_path / "portal")


def write_secrets(portal: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [portal / "infrastructure" / "write-secrets"], cwd="/", capture_output=True, text=True, check=False
    )


def content(portal: Path) -> dict[str, tuple[str, int]]:
    """Return name → text and mode of each file of the folder."""
    return {path.name: (path.read_text(), stat.S_IMODE(path.stat().st_mode)) for path in (portal / "secrets").iterdir()}


def test_a_new_portal_has_a_file_for_each_secret_that_compose_mounts(generate: Callable[..., Path]) -> None:
    portal = generate()
    compose = yaml.safe_load((portal / "compose.yaml").read_text())
    environment = dotenv_values(portal / ".env")
    assert {name: secret["file"] for name, secret in compose["secrets"].items()} == {
        name: f"./secrets/{name}" for name in compose["secrets"]
    }
    files = content(portal)
    digest, mode = files.pop(".digest")
    assert re.fullmatch(r"SECRETS_DIGEST=[0-9a-f]{16}\n", digest)
    assert mode == 0o600
    environment["MAIL_KEYS"] = mail_keys(environment["ENCRYPTION_KEYS"])
    assert files == {name: (environment[name.upper()], 0o444) for name in compose["secrets"]}


def mail_keys(encryption_keys: str) -> str:
    """The secret that is made of another one: a digest of each key, from which the key cannot be computed."""
    keys = [key.strip() for key in encryption_keys.split(",")]
    return ",".join(hashlib.sha256(f"portal mail {key}".encode()).hexdigest() for key in keys if key)


def test_the_keys_of_mail_are_digests_of_all_encryption_keys(portal: Path) -> None:
    environment = portal / ".env"
    keys = 'the newest key, "quoted" and $strange ,the-old-key,'
    text = re.sub(r"(?m)^ENCRYPTION_KEYS=.*$", f"ENCRYPTION_KEYS='{keys}'", environment.read_text())
    environment.write_text(text)
    done = write_secrets(portal)
    assert done.returncode == 0, done.stderr
    assert (portal / "secrets/mail_keys").read_text() == mail_keys(keys)


def test_every_secret_of_the_environment_file_is_one_of_them(generate: Callable[..., Path]) -> None:
    portal = generate()
    of_compose = {name.upper() for name in yaml.safe_load((portal / "compose.yaml").read_text())["secrets"]}
    source = (portal / "core/configuration/environment.py").read_text()
    # The fields whose type is SecretStr, and the URLs, which may hold a password.
    secret = {
        name.upper() for name in re.findall(r"(?m)^    (\w+): (?:Annotated\[SecretStr|SecretStr|\w+Url)\b", source)
    }
    in_example = set(dotenv_values(portal / ".env.example"))
    assert of_compose == secret & in_example | {"MAIL_KEYS"}, "those of mail are made of ENCRYPTION_KEYS"
    assert {"SECRET_KEY", "DATABASE_PASSWORD", "DATABASE_OWNER_PASSWORD", "MAIL_URL"} <= of_compose


def test_only_the_owner_enters_the_folder(generate: Callable[..., Path]) -> None:
    assert stat.S_IMODE((generate() / "secrets").stat().st_mode) == 0o700


def test_git_and_the_build_of_images_ignore_the_folder(portal: Path) -> None:
    subprocess.run(["git", "init", "--quiet"], cwd=portal, check=True)
    listed = subprocess.run(
        ["git", "status", "--porcelain", "--untracked-files=all"],
        cwd=portal,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "compose.yaml" in listed
    assert "secrets/" not in listed.replace("infrastructure/write-secrets", "")
    first, *others = [
        line
        for line in (portal / "infrastructure/Dockerfile.dockerignore").read_text().splitlines()
        if not line.startswith("#")
    ]
    assert first == "*"
    assert not [line for line in others if "secrets" in line]


def test_the_script_writes_what_the_hook_wrote(portal: Path) -> None:
    before = content(portal)
    shutil.rmtree(portal / "secrets")
    done = write_secrets(portal)
    assert done.returncode == 0, done.stderr
    assert done.stdout == ""
    assert content(portal) == before
    assert stat.S_IMODE((portal / "secrets").stat().st_mode) == 0o700


def test_a_changed_secret_changes_its_file_and_the_digest(portal: Path) -> None:
    before = content(portal)
    set_key(portal / ".env", "DATABASE_PASSWORD", "another-password", quote_mode="never")
    assert write_secrets(portal).returncode == 0
    after = content(portal)
    assert after["database_password"][0] == "another-password"
    assert {name for name in before if before[name] != after[name]} == {"database_password", ".digest"}


@pytest.mark.parametrize("written", WRITTEN)
def test_the_script_reads_a_value_as_the_portal_does(portal: Path, written: str) -> None:
    text = (portal / ".env").read_text().replace("\nMAIL_URL=\n", f"\nMAIL_URL={written}\n")
    (portal / ".env").write_text(text)
    assert write_secrets(portal).returncode == 0
    expected = dotenv_values(portal / ".env", interpolate=False)["MAIL_URL"]
    assert (portal / "secrets" / "mail_url").read_text() == expected


def test_a_secret_of_env_can_be_in_a_file(portal: Path) -> None:
    (portal / "mine").write_text("smtp://user:password@host\n")
    with (portal / ".env").open("a") as file:
        file.write(f"MAIL_URL_FILE={portal / 'mine'}\n")
    assert write_secrets(portal).returncode == 0
    assert (portal / "secrets" / "mail_url").read_text() == "smtp://user:password@host"


def test_every_secret_of_env_can_be_in_a_file(portal: Path) -> None:
    before = content(portal)
    environment, folder = portal / ".env", portal / "mine"
    folder.mkdir()
    for name in set(before) - {".digest", "mail_keys"}:
        (folder / name).write_text(before[name][0] + "\n")
        set_key(environment, name.upper(), "", quote_mode="never")
        set_key(environment, f"{name.upper()}_FILE", str(folder / name), quote_mode="never")
    done = write_secrets(portal)
    assert done.returncode == 0, done.stderr
    assert content(portal) == before


@pytest.mark.parametrize(
    ("lines", "message"),
    [
        ("SECRET_KEY=\n", "SECRET_KEY is missing"),
        ("SECRET_KEY_FILE=/nowhere\n", "both SECRET_KEY and SECRET_KEY_FILE"),
        (
            "SECRET_KEY=\nSECRET_KEY_FILE=/nowhere\n",
            "SECRET_KEY_FILE of .env names a file that cannot be read",
        ),
        ("REDIS_GUI_PASSWORD='a \"quote\" in it'\n", "REDIS_GUI_PASSWORD may have only letters"),
    ],
)
def test_a_secret_that_cannot_be_used_is_named_and_not_shown(portal: Path, lines: str, message: str) -> None:
    before = content(portal)
    with (portal / ".env").open("a") as file:
        file.write(lines)
    done = write_secrets(portal)
    assert done.returncode == 1
    assert message in done.stderr
    assert "quote" not in done.stderr
    assert not [text for text, _ in before.values() if text and text in done.stderr]


def test_without_env_the_script_says_what_to_do(portal: Path) -> None:
    (portal / ".env").unlink()
    done = write_secrets(portal)
    assert done.returncode == 1
    assert "Copy .env.example to .env" in done.stderr
