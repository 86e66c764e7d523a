"""compose.yaml as a stack for Docker Swarm: nothing is dropped or widened without a word."""

import hashlib
import importlib.util
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

from tests.support.waiting import wait_until
from tests.tooling.documentation import COMPOSE
from tests.tooling.machines import PORTAL

SCRIPT = PORTAL / "infrastructure" / "swarm" / "render.py"


def load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"swarm_{name}", SCRIPT.with_stem(name))
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look for their module there
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def program() -> ModuleType:
    return load("render")


@pytest.fixture(scope="module")
def waiting() -> ModuleType:
    return load("wait")


@pytest.fixture
def generated(tmp_path: Path) -> Path:
    """What the one-shot `configuration` writes."""
    for name in (
        "sites/hosts.conf",
        "sites/internet/server.conf",
        "certificates/internet.key",
        "authority/authority.key",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    return tmp_path


SECRET_FILES = {"secret_key": "sites/hosts.conf", "mail_url": "mail_url"}

Render = Callable[..., dict[str, Any]]


@pytest.fixture
def render(program: ModuleType, generated: Path) -> Render:
    """`render({name: service})` returns the services of the stack, and `render.stack` is the whole."""

    def render(services: dict[str, Any], *, top: dict[str, Any] | None = None, **options: Any) -> dict[str, Any]:
        networks = {"stores": {"internal": True}, "front-intranet": {"internal": True}, "edge": {}}
        secrets = {"secret_key": {"file": str(generated / "sites/hosts.conf")}}
        compose = {"name": "campus", "services": services, "networks": networks, "volumes": {}, "secrets": secrets}
        render.lost = program.Stack("campus", generated, **options)
        render.stack = program.render(compose | (top or {}), render.lost)
        return render.stack["services"]

    return render


def test_every_key_of_compose_yaml_has_a_translation(program: ModuleType) -> None:
    compose = yaml.safe_load(COMPOSE.read_text())
    used = {key for service in compose["services"].values() for key in service}
    only_in_the_file = {"extends", "env_file", "profiles"}  # `docker compose config` resolves them
    assert used - only_in_the_file <= set(program.TRANSLATIONS)


def test_unknown_keys_are_refused_all_at_once(program: ModuleType, render: Render) -> None:
    with pytest.raises(program.RenderError) as error:
        render({"worker": {"gpus": 1, "security_opt": ["seccomp:unconfined"]}}, top={"configs": {}})
    for name in ("compose.yaml: configs", "services.worker.gpus", "services.worker.security_opt: seccomp:unconfined"):
        assert name in str(error.value)


def test_a_port_of_the_loopback_address_is_refused(program: ModuleType, render: Render) -> None:
    port = {"mode": "ingress", "target": 8080, "published": "80", "protocol": "tcp"}
    with pytest.raises(program.RenderError, match="PUBLISH_ADDRESS"):
        render({"reverse-proxy": {"ports": [port | {"host_ip": "127.0.0.1"}]}})
    proxy = render({"reverse-proxy": {"ports": [port | {"host_ip": "0.0.0.0"}]}})["reverse-proxy"]
    assert proxy["ports"] == [{"mode": "host", "protocol": "tcp", "target": 8080, "published": 80}]
    assert proxy["deploy"]["mode"] == "global"
    assert proxy["deploy"]["placement"]["constraints"] == ["node.labels.portal.edge == true"]
    assert proxy["deploy"]["update_config"]["order"] == "stop-first"


def test_limits_and_hardening_are_kept(render: Render) -> None:
    service = {
        "cap_drop": ["ALL"],
        "read_only": True,
        "init": True,
        "user": "101:101",
        "mem_limit": "536870912",
        "pids_limit": 64,
        "shm_size": "134217728",
        "tmpfs": ["/tmp:size=96m", "/run/nginx:uid=101,gid=101"],
        "security_opt": ["no-new-privileges:true"],
    }
    worker = render({"worker": service})["worker"]
    assert {key: worker[key] for key in ("cap_drop", "read_only", "init", "user")} == {
        key: service[key] for key in ("cap_drop", "read_only", "init", "user")
    }
    assert worker["deploy"]["resources"]["limits"] == {"memory": "536870912", "pids": 64}
    assert worker["volumes"] == [
        {"type": "tmpfs", "target": "/dev/shm", "tmpfs": {"size": 134217728}},
        {"type": "tmpfs", "target": "/tmp", "tmpfs": {"size": 100663296}},
        {"type": "tmpfs", "target": "/run/nginx"},
    ]
    assert not {"mem_limit", "pids_limit", "shm_size", "tmpfs", "security_opt"} & worker.keys()
    assert {what.partition(":")[0] for what in render.lost.lost} == {
        "no-new-privileges",
        "owner and mode of folders in memory",
    }


def test_servers_start_first_and_roll_back_and_the_scheduler_is_alone(render: Render) -> None:
    built = {"build": {"context": "."}, "image": "campus-backend:1", "scale": 3}
    services = render({"intranet-server": built, "scheduler": built, "session-store": {"image": "redis:8", "scale": 3}})
    deploy = services["intranet-server"]["deploy"]
    assert (deploy["replicas"], deploy["endpoint_mode"]) == (3, "dnsrr")
    assert (deploy["update_config"]["order"], deploy["update_config"]["failure_action"]) == ("start-first", "rollback")
    for name in ("scheduler", "session-store"):
        assert services[name]["deploy"]["replicas"] == 1
        assert services[name]["deploy"]["update_config"]["order"] == "stop-first"
    assert services["intranet-server"]["image"] == "campus-backend:1"
    assert "build" not in services["intranet-server"]


def test_a_one_shot_runs_once_and_the_configuration_before(render: Render) -> None:
    one_shot = {"build": {}, "restart": "no", "depends_on": {"database": {}}}
    services = render({"migrations": one_shot, "configuration": one_shot | {"network_mode": "none"}})
    assert list(services) == ["migrations"]
    assert services["migrations"]["deploy"]["mode"] == "replicated-job"
    assert "endpoint_mode" not in services["migrations"]["deploy"]


def test_the_static_files_are_published_on_each_edge_node_without_a_way_out(render: Render) -> None:
    volume = {"type": "volume", "source": "static", "target": "/srv/published"}
    static = render({"static": {"build": {}, "restart": "no", "network_mode": "none", "volumes": [volume]}})["static"]
    assert static["deploy"]["mode"] == "global-job"
    assert static["deploy"]["placement"]["constraints"] == ["node.labels.portal.edge == true"]
    assert list(static["networks"]) == ["isolated"]
    assert render.stack["networks"]["isolated"]["internal"]


def test_a_release_changes_the_page_last_and_not_the_reverse_proxy(render: Render) -> None:
    volume = {"type": "volume", "source": "static", "target": "/srv/static"}
    services = {
        "static": {"build": {}, "image": "campus-reverse-proxy:2", "restart": "no", "volumes": [volume]},
        "reverse-proxy": {"build": {}, "image": "campus-reverse-proxy:2", "ports": [], "volumes": [volume]},
    }
    image = "campus-reverse-proxy:nginx-1"
    files, whole = (render(services, proxy_image=image, publishes=what) for what in ("files", ""))
    assert (files["static"]["image"], files["static"]["command"]) == ("campus-reverse-proxy:2", ["files"])
    assert "command" not in whole["static"]
    for one in (files, whole):
        assert one["reverse-proxy"]["image"] == image
        assert one["reverse-proxy"]["command"] == ["sh", "/etc/nginx/serve"]
    assert (PORTAL / "infrastructure/nginx/serve").exists()


def publish(folder: Path, name: str) -> None:
    file = folder / name
    file.parent.mkdir(exist_ok=True)
    digest = hashlib.sha256(b"the new page").hexdigest()[:12]
    file.write_text({"build.conf": f"map $host $frontend_build {{ default {digest}; }}"}.get(name, "the new page"))


def test_nginx_reads_a_published_page_when_all_of_it_is_there(tmp_path: Path) -> None:
    static, programs, log = (tmp_path / name for name in ("static", "programs", "log"))
    for folder in (static, programs):
        folder.mkdir()
    (static / "build.conf").write_text("the old one")
    nginx = programs / "nginx"
    nginx.write_text(f'#!/bin/sh\necho "$@" >>"{log}"\n[ "$1" = -s ] || exec sleep 60\n')
    # The pauses of the program are short, and written down.
    (programs / "sleep").write_text(
        f'#!/bin/sh\necho pause >>"{log}"\nexec /bin/sleep "$(test "$1" = 60 && echo 60 || echo 0.05)"\n'
    )
    for program in programs.iterdir():
        program.chmod(0o755)
    serve = PORTAL / "infrastructure/nginx/serve"
    environment = {**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"}
    process = subprocess.Popen(["sh", serve, static], env=environment, start_new_session=True)

    def lines(what: str) -> int:
        return log.read_text().splitlines().count(what) if log.exists() else 0

    try:
        wait_until(lambda: lines("pause") > 2)
        publish(static, "build.conf")
        paused = lines("pause")
        wait_until(lambda: lines("pause") > paused + 2)
        assert not lines("-s reload"), "its page is missing"
        publish(static, "frontend/index.html")
        wait_until(lambda: lines("-s reload") == 1)
        paused = lines("pause")
        wait_until(lambda: lines("pause") > paused + 2)
        assert lines("-s reload") == 1
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def test_names_of_configs_fit_into_a_swarm(program: ModuleType, generated: Path) -> None:
    stack = program.Stack("a-portal-with-a-long-name-of-its-own", generated)
    long = generated / "sites" / "a-file-with-quite-a-long-name-too.conf"
    long.write_text("content")
    key = stack.add_file(long, is_secret=False)
    assert len(stack.configs[key]["name"]) == 64
    assert key.endswith(program.digest(long))


def test_volumes_are_placed_by_label(render: Render) -> None:
    def volume(name: str) -> dict[str, Any]:
        return {"type": "volume", "source": name, "target": "/data", "volume": {}}

    services = render(
        {
            "database": {"volumes": [volume("database")]},
            "channel-layer": {"networks": {"stores": None}},
            "redis-gui": {"networks": {"gui": None}},
            "worker": {"build": {}, "volumes": [volume("media")], "networks": {"stores": None}},
        },
        top={"volumes": {"database": {}, "media": {}, "authority": {}}},
    )
    for name in ("database", "channel-layer"):
        assert services[name]["deploy"]["placement"]["constraints"] == ["node.labels.portal.stores == true"]
    assert "placement" not in services["redis-gui"]["deploy"]
    assert services["worker"]["deploy"]["placement"]["constraints"] == ["node.labels.portal.files == true"]
    assert services["worker"]["deploy"]["update_config"]["order"] == "start-first"
    assert set(render.stack["volumes"]) == {"database", "media"}


def test_uploads_elsewhere_bind_no_service_to_a_node(render: Render) -> None:
    media = {"type": "volume", "source": "media", "target": "/data"}
    server = {"build": {}, "volumes": [media], "environment": {"FILES_URL": "s3://key@s3.example.edu/portal"}}
    services = render({"intranet-server": server, "reverse-proxy": {"volumes": [media]}})
    assert not any("placement" in service["deploy"] for service in services.values())


def test_files_become_configs_and_secrets_named_by_digest(render: Render, generated: Path) -> None:
    executable = generated / "start"
    executable.write_text("#!/bin/sh\n")
    executable.chmod(0o755)
    service = {
        "secrets": [{"source": "secret_key", "target": "/run/secrets/key"}],
        "volumes": [
            {"type": "volume", "source": "sites", "target": "/sites", "read_only": True},
            {"type": "volume", "source": "certificates", "target": "/certificates", "read_only": True},
            {"type": "volume", "source": "authority", "target": "/backup/authority", "read_only": True},
            {"type": "bind", "source": str(executable), "target": "/etc/portal/start", "read_only": True},
            {"type": "bind", "source": os.devnull, "target": "/run/certificates/a.key", "read_only": True},
        ],
    }
    before = render({"reverse-proxy": service})["reverse-proxy"]
    configs = {one["target"]: one for one in before["configs"]}
    assert set(configs) == {"/sites/hosts.conf", "/sites/internet/server.conf", "/etc/portal/start"}
    assert configs["/etc/portal/start"]["mode"] == 0o555
    secrets = {one["target"]: one for one in before["secrets"]}
    assert set(secrets) == {"key", "/certificates/internet.key", "/backup/authority/authority.key"}
    assert (secrets["/certificates/internet.key"]["mode"], secrets["/certificates/internet.key"]["uid"]) == (
        0o400,
        "101",
    )
    assert all(re.search(r"-[0-9a-f]{12}$", one["source"]) for one in [*configs.values(), *secrets.values()])
    assert {one["name"].partition("_")[0] for one in render.stack["configs"].values()} == {"campus"}

    (generated / "sites/hosts.conf").write_text("another")
    after = {one["target"]: one["source"] for one in render({"reverse-proxy": service})["reverse-proxy"]["configs"]}
    changed = {target for target, one in configs.items() if after[target] != one["source"]}
    assert changed == {"/sites/hosts.conf"}


def test_an_empty_secret_is_left_out_with_its_variable(render: Render, generated: Path) -> None:
    (generated / "mail_url").touch()
    service = {
        "secrets": [{"source": "secret_key"}, {"source": "mail_url", "target": "/run/secrets/mail_url"}],
        "environment": {"MAIL_URL_FILE": "/run/secrets/mail_url", "SECRET_KEY_FILE": "/run/secrets/secret_key"},
    }
    secrets = {name: {"file": str(generated / file)} for name, file in SECRET_FILES.items()}
    worker = render({"worker": service}, top={"secrets": secrets})["worker"]
    assert [one["target"] for one in worker["secrets"]] == ["secret_key"]
    assert worker["environment"] == {"SECRET_KEY_FILE": "/run/secrets/secret_key"}


def test_an_empty_file_is_refused(program: ModuleType, render: Render, generated: Path) -> None:
    (generated / "sites/hosts.conf").write_text("")
    sites = {"type": "volume", "source": "sites", "target": "/sites"}
    with pytest.raises(program.RenderError, match=r"hosts\.conf: the file is empty"):
        render({"reverse-proxy": {"volumes": [sites]}})


def test_a_program_of_the_portal_may_wait_for_migrations(program: ModuleType, render: Render) -> None:
    """Swarm replaces a task that is not healthy in time, and core.deployment.wait gives up by itself."""
    health = {"test": ["CMD", "true"], "start_period": "2m0s"}
    services = render({"worker": {"build": {}, "healthcheck": health}, "cache": {"healthcheck": health}})
    longest = re.search(r"(?m)^LONGEST_SECONDS = ([\d.]+)$", (PORTAL / "core/deployment/wait.py").read_text())
    assert services["worker"]["healthcheck"]["start_period"] == program.LONGEST_WAIT == f"{float(longest[1]):.0f}s"
    assert services["cache"]["healthcheck"]["start_period"] == "2m0s"


def test_a_folder_that_can_be_written_is_refused(program: ModuleType, render: Render) -> None:
    bind = {"type": "bind", "source": "/srv", "target": "/srv"}
    with pytest.raises(program.RenderError, match=r"services\.worker\.volumes: bind /srv"):
        render({"worker": {"volumes": [bind]}})


def test_networks_are_encrypted_overlays_and_servers_know_their_addresses(render: Render) -> None:
    server = {"environment": {"FRONT_NETWORK": "front-intranet"}, "networks": {"front-intranet": None}}
    services = render({"intranet-server": server})
    networks = render.stack["networks"]
    assert {network["driver"] for network in networks.values()} == {"overlay"}
    assert {network["driver_opts"]["encrypted"] for network in networks.values()} == {"true"}
    assert networks["stores"]["internal"]
    (addresses,) = networks["front-intranet"]["ipam"]["config"]
    assert services["intranet-server"]["environment"]["FRONT_NETWORK"] == addresses["subnet"]
    render({"intranet-server": server}, is_encrypted=False)
    assert not any("driver_opts" in network for network in render.stack["networks"].values())


SERVICE = {
    "ID": "1",
    "Spec": {"Name": "campus_worker", "TaskTemplate": {"ContainerSpec": {"Image": "campus-backend:2", "Env": ["A=1"]}}},
}


@pytest.mark.parametrize(
    ("replicas", "image", "state", "expected"),
    [
        ("2/2", "campus-backend:2", "completed", (0, 0)),
        ("2/2", "campus-backend:2", None, (0, 0)),
        ("1/2", "campus-backend:2", None, (1, 0)),
        ("2/2", "campus-backend:1", None, (1, 0)),
        ("2/2", "campus-backend:2", "updating", (1, 0)),
        ("2/2", "campus-backend:1", "rollback_completed", (0, 1)),
        ("2/2", "campus-backend:1", "paused", (0, 1)),
        ("0/1 (1/1 completed)", "campus-backend:2", None, (0, 0)),
        ("0/1 (0/1 completed)", "campus-backend:2", None, (1, 0)),
    ],
)
def test_a_deployment_waits_until_the_tasks_are_those_of_the_release(
    waiting: ModuleType, replicas: str, image: str, state: str | None, expected: tuple[int, int]
) -> None:
    task = {"ServiceID": "1", "Spec": {"ContainerSpec": {"Image": image, "Env": ["A=1"], "Isolation": "default"}}}
    answers = {
        "service ls": f"campus_worker\t{replicas}\n",
        "service inspect": json.dumps([SERVICE | ({"UpdateStatus": {"State": state}} if state else {})]),
        "stack ps": "task-1\n",
        "inspect task-1": json.dumps([task]),
    }
    waited, failed = waiting.unfinished(lambda *arguments: answers[" ".join(arguments[:2])], "campus")
    assert (len(waited), len(failed)) == expected


def test_the_program_prints_the_stack_and_names_what_is_lost(generated: Path) -> None:
    service = {"image": "redis:8", "security_opt": ["no-new-privileges:true"]}
    compose = {"name": "campus", "services": {"cache": service}, "networks": {}, "volumes": {}, "secrets": {}}
    command = [
        sys.executable,
        str(SCRIPT),
        "--generated",
        str(generated),
        "--proxy-image",
        "campus-reverse-proxy:nginx-1",
    ]

    def run(*options: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [*command, *options], input=json.dumps(compose), capture_output=True, text=True, check=False
        )

    done = run("--unencrypted")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["services"]["cache"]["image"] == "redis:8"
    assert "Not in the stack: no-new-privileges: set" in done.stderr
    assert "Not in the stack: encryption between the nodes" in done.stderr
    service["gpus"] = 1
    assert (run().returncode, run().stdout) == (1, "")
