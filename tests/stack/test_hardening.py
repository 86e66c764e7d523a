"""Containers have no more rights than they need, and no secret is where others can read it."""

import json
import re
import subprocess
from typing import Any

import pytest

from tests.support.compose import ALL, IMAGES, ONE_SHOTS, RUNNING, Stack, docker, inspect

MEGABYTE = 1024 * 1024

# The seconds that a server may take to shut down gracefully. Its container must wait longer.
GRACEFUL_SECONDS = {
    "intranet-server": 30,
    "internet-server": 30,
    "intranet-sockets": 10,
    "internet-sockets": 10,
    "worker": 150,
}

INSPECT = r"""
for folder in /proc/[0-9]*; do
  [ -r $folder/status ] || continue
  echo "process $(grep -E '^(Name|Uid|Gid|Cap...|NoNewPrivs|Seccomp):' $folder/status | tr '\t\n' '  ')"
done
grep -E '^[^ ]+ / ' /proc/mounts | cut -d ' ' -f 4 | sed 's/^/root /'
touch /proof 2>&1 | sed 's/^/touch /'
touch /etc/proof 2>&1 | sed 's/^/touch /'
"""


@pytest.fixture(scope="module")
def containers(stack: Stack) -> dict[str, dict[str, Any]]:
    return stack.containers()


def test_the_project_has_no_other_containers(containers: dict[str, Any]) -> None:
    assert sorted(containers) == sorted(ALL)


@pytest.mark.parametrize("service", ALL)
def test_a_container_is_hardened(containers: dict[str, Any], service: str) -> None:
    container = containers[service]
    host, config = container["HostConfig"], container["Config"]
    user = config["User"] or "root"
    assert user.split(":")[0] not in {"root", "0"}
    assert host["ReadonlyRootfs"] is True
    assert host["CapDrop"] == ["ALL"]
    assert not host["CapAdd"]
    assert not host["Privileged"]
    assert host["SecurityOpt"] == ["no-new-privileges:true"]
    assert host["Init"] is True
    assert host["PidMode"] == ""
    assert host["IpcMode"] == "private"
    assert not host["Devices"]
    assert host["LogConfig"]["Type"] == "json-file"
    assert host["LogConfig"]["Config"] == {"max-size": "10m", "max-file": "3"}
    assert 64 * MEGABYTE <= host["Memory"] <= 1024 * MEGABYTE
    assert 16 <= host["PidsLimit"] <= 512
    assert host["RestartPolicy"]["Name"] == ("no" if service in ONE_SHOTS else "unless-stopped")
    assert not [bind for bind in host["Binds"] or [] if "docker.sock" in bind]


@pytest.mark.parametrize("service", GRACEFUL_SECONDS)
def test_a_container_gives_its_server_enough_time_to_shut_down(containers: dict[str, Any], service: str) -> None:
    assert containers[service]["Config"]["StopTimeout"] > GRACEFUL_SECONDS[service]


@pytest.mark.parametrize("service", RUNNING)
def test_processes_have_no_privileges(stack: Stack, service: str) -> None:
    lines = stack.execute(service, "sh", "-c", INSPECT).stdout.splitlines()
    processes = [line for line in lines if line.startswith("process ")]
    assert processes
    for process in processes:
        status = dict(re.findall(r"(\w+): +(.*?)(?= +\w+:|$)", process.removeprefix("process ")))
        assert "0" not in status["Uid"].split(), process
        for kind in ("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"):
            assert int(status[kind], 16) == 0, process
        assert status["NoNewPrivs"].strip() == "1", process
    (root,) = [line for line in lines if line.startswith("root ")]
    assert "ro" in root.removeprefix("root ").split(",")
    refusals = [line for line in lines if line.startswith("touch ")]
    assert len(refusals) == 2
    assert all("Read-only file system" in line for line in refusals), refusals


@pytest.mark.parametrize("service", RUNNING)
def test_files_of_the_portal_are_mounted_read_only(containers: dict[str, Any], service: str) -> None:
    """Containers write to volumes only."""
    writable = [mount["Source"] for mount in containers[service]["Mounts"] if mount["Type"] == "bind" and mount["RW"]]
    assert not writable


def names_of_secrets_in(text: str, stack: Stack) -> list[str]:
    """Return the names of the secrets that a text contains, never their values."""
    return [name for name, value in stack.secrets.items() if value in text]


def test_all_secrets_differ(stack: Stack) -> None:
    assert len(stack.secrets) == 14
    assert len(set(stack.secrets.values())) == len(stack.secrets)


@pytest.mark.parametrize("target", IMAGES)
def test_no_secret_is_in_an_image(stack: Stack, target: str) -> None:
    image = stack.image(target)
    assert not names_of_secrets_in(docker("history", "--no-trunc", "--format", "{{json .}}", image), stack)
    assert not names_of_secrets_in(json.dumps(inspect("image", image)), stack)
    secrets = {name: value.encode() for name, value in stack.secrets.items()}
    longest = max(map(len, secrets.values()))
    rest = b""
    with subprocess.Popen(["docker", "save", image], stdout=subprocess.PIPE) as archive:
        while chunk := archive.stdout.read(4 * MEGABYTE):
            window = rest + chunk
            assert not [name for name, value in secrets.items() if value in window]
            rest = window[-longest:]
    assert archive.returncode == 0


@pytest.mark.parametrize("target", IMAGES)
def test_an_image_has_a_title_no_health_check_and_no_root_user(stack: Stack, target: str) -> None:
    (image,) = inspect("image", stack.image(target))
    assert image["Config"]["Labels"]["org.opencontainers.image.title"]
    assert not image["Config"].get("Healthcheck"), "health checks belong in compose.yaml"
    assert image["Config"]["User"] not in {"", "root", "0"}


@pytest.mark.parametrize("service", ALL)
def test_no_secret_is_on_a_command_line(stack: Stack, containers: dict[str, Any], service: str) -> None:
    container = containers[service]
    visible = [
        container["Path"],
        container["Args"],
        container["Config"].get("Healthcheck"),
        container["Config"]["Labels"],
    ]
    assert not names_of_secrets_in(json.dumps(visible), stack)
    if service in RUNNING:
        assert not names_of_secrets_in(docker("top", container["Id"], "-eo", "pid,args"), stack)


def test_no_secret_is_in_a_log(stack: Stack) -> None:
    assert not names_of_secrets_in(stack.compose("logs", "--no-color", "--tail=5000").stdout, stack)


UNWANTED = """
import importlib.util, json, pathlib, shutil
print(json.dumps({
    "programs": [name for name in ("gcc", "cc", "g++", "make", "ld") if shutil.which(name)],
    "packages": [name for name in ("fakeredis", "pytest", "uv") if importlib.util.find_spec(name)],
    "folders": [name for name in ("tests", "core/testing", "core/development", ".env", "node_modules")
                if pathlib.Path("/portal", name).exists()],
    "tests": [str(path) for path in pathlib.Path("/portal").rglob("test_*.py")],
}))
"""


def test_the_backend_image_has_no_compiler_no_tests_and_no_embedded_backend(stack: Stack) -> None:
    found = json.loads(stack.execute("intranet-server", "python", "-c", UNWANTED).stdout)
    assert found == {"programs": [], "packages": [], "folders": [], "tests": []}
