"""images.lock has the tag and the digest of each image, and Compose reads it."""

import importlib.util
import json
import re
import sys
from pathlib import Path
from types import ModuleType

import pytest
import yaml

from tests.tooling.machines import PORTAL, SCRIPTS, Machine

DIGEST, ID = f"sha256:{'d' * 64}", f"sha256:{'1a' * 32}"


@pytest.fixture(scope="module")
def image_lock() -> ModuleType:
    spec = importlib.util.spec_from_file_location("image_lock", SCRIPTS / "image_lock.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def engine(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setenv("PATH", str(machine.programs))
    return machine


def docker(machine: Machine, *, pull: str, digests: list[str]) -> Path:
    """Add a fake docker with one image, and return the file in which it records its commands."""
    description = json.dumps([{"Id": ID, "RepoDigests": digests, "Config": {"Env": ["REDIS_VERSION=8.2.1"]}}])
    record = machine.folder / "commands"
    machine.program(
        "docker",
        f"echo \"$*\" >>{record}\ncase $1 in pull) {pull} ;; image) echo '{description}' ;; esac",
    )
    return record


def image(image_lock: ModuleType, tag: str = "redis:latest"):
    return image_lock.LockedImage("REDIS_IMAGE", tag)


def test_a_lock_is_read_as_it_is_written(image_lock: ModuleType) -> None:
    text = (PORTAL / "images.lock").read_text()
    assert image_lock.write(image_lock.read(text).values()) == text
    locked = [
        image_lock.LockedImage("REDIS_IMAGE", "redis:latest", "digest", DIGEST),
        image_lock.LockedImage("POSTGRES_IMAGE", "example.edu:5000/postgres:18", "id", ID),
        *(image_lock.LockedImage(name, "x:y") for name in ("PYTHON_IMAGE", "NODE_IMAGE", "NGINX_IMAGE")),
    ]
    text = image_lock.write(locked)
    assert list(image_lock.read(text).values()) == locked
    services = yaml.safe_load(text)["services"]
    assert services["redis"]["image"] == f"${{REDIS_IMAGE:-redis:latest@{DIGEST}}}"
    assert services["postgres"]["image"] == "${POSTGRES_IMAGE:-example.edu:5000/postgres:18-1a1a1a1a1a1a}"
    assert services["bases"]["build"]["args"]["NODE_IMAGE"] == "${NODE_IMAGE:-x:y}"


def test_the_lock_has_each_image_of_env_and_compose_takes_no_other(image_lock: ModuleType) -> None:
    locked = image_lock.read((PORTAL / "images.lock").read_text())
    example = dict(re.findall(r"(?m)^# (\w+_IMAGE)=(.+)$", (PORTAL / ".env.example").read_text()))
    assert {name: one.tag for name, one in locked.items()} == example
    assert not [one for one in locked.values() if one.value], "a new portal takes the newest"
    compose = (PORTAL / "compose.yaml").read_text()
    assert not re.findall(r"image: .*_IMAGE", compose)
    names = set(re.findall(r"file: images.lock, service: ([a-z-]+)", compose))
    assert names == {one.name for one in locked.values() if one.name not in {"python", "node", "nginx"}} | {"bases"}


def test_the_digest_is_that_of_the_registry(image_lock: ModuleType, engine: Machine) -> None:
    docker(engine, pull="echo redis:latest", digests=[f"mirror.example/redis@{ID}", f"redis@{DIGEST}"])
    locked = image_lock.newest(image(image_lock))
    assert locked.reference == f"redis:latest@{DIGEST}"
    assert image_lock.version(locked) == "8.2.1"


def test_without_a_registry_the_lock_has_the_id_and_the_image_gets_a_tag_of_its_own(
    image_lock: ModuleType, engine: Machine
) -> None:
    record = docker(engine, pull="echo 'no such host' >&2; exit 1", digests=[])
    locked = image_lock.newest(image(image_lock))
    assert (locked.kind, locked.value) == ("id", ID)
    assert f"tag {ID} redis:latest-1a1a1a1a1a1a" in record.read_text()


def test_an_image_that_is_nowhere_is_named_with_the_reason(image_lock: ModuleType, engine: Machine) -> None:
    engine.program("docker", "echo 'no such host' >&2; exit 1")
    with pytest.raises(image_lock.ImageNotFoundError, match=r"redis:latest: no such host"):
        image_lock.newest(image(image_lock))


@pytest.mark.parametrize(
    ("tag", "digest"),
    [("ghcr.io/a/b:latest", f"ghcr.io/a/b@{DIGEST}"), ("registry:5000/b", f"registry:5000/b@{DIGEST}")],
)
def test_a_tag_may_name_a_registry(image_lock: ModuleType, engine: Machine, tag: str, digest: str) -> None:
    docker(engine, pull="true", digests=[digest])
    assert image_lock.newest(image(image_lock, tag)).value == DIGEST
