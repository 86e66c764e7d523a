"""Which services have a way out of the containers' networks. tests/stack/test_networks.py tests it with containers."""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

SERVERS = {"intranet-server", "internet-server"}
SECRET = "institute_sign_in_secret"


def read(portal: Path, *files: str) -> dict[str, set[str]]:
    """Return service → its networks, merged as Compose merges files: a list of networks adds to those before."""
    networks: dict[str, set[str]] = {}
    for file in files:
        for name, service in yaml.safe_load((portal / file).read_text())["services"].items():
            networks.setdefault(name, set()).update(service.get("networks", ()))
    return networks


def with_a_way_out(portal: Path, *files: str) -> set[str]:
    internal = {
        name
        for name, network in yaml.safe_load((portal / "compose.yaml").read_text())["networks"].items()
        if network.get("internal")
    }
    return {service for service, networks in read(portal, *files).items() if networks - internal}


def test_without_institute_sign_in_only_mail_backups_and_the_reverse_proxy_have_a_way_out(
    generate: Callable[..., Path],
) -> None:
    assert with_a_way_out(generate(), "compose.yaml") == {"worker", "backup", "reverse-proxy"}


def test_with_it_the_two_servers_have_one_too(generate: Callable[..., Path]) -> None:
    files = ("compose.yaml", "compose.institute-sign-in.yaml")
    assert with_a_way_out(generate(), *files) == {"worker", "backup", "reverse-proxy", *SERVERS}
    before, after = read(generate(), "compose.yaml"), read(generate(), *files)
    added = {name: after[name] - before[name] for name in after if after[name] != before[name]}
    assert added == {name: {"outward"} for name in SERVERS}


def test_the_file_changes_nothing_but_the_networks(generate: Callable[..., Path]) -> None:
    content = yaml.safe_load((generate() / "compose.institute-sign-in.yaml").read_text())
    assert content == {"services": {name: {"networks": ["outward"]} for name in SERVERS}}


def test_the_file_for_uploads_elsewhere_adds_the_servers_to_the_same_network(generate: Callable[..., Path]) -> None:
    content = yaml.safe_load((generate() / "compose.files.yaml").read_text())
    assert content == {"services": {name: {"networks": ["outward"]} for name in SERVERS}}


WAITING = {*SERVERS, "intranet-sockets", "internet-sockets", "worker", "scheduler", "backup", "redis-gui", "migrations"}
USING = {*SERVERS, "intranet-sockets", "internet-sockets", "worker"}
ELSEWHERE = {
    "database": {*USING, "backup", "migrations"},
    "message-broker": {*USING, "scheduler"},
    **dict.fromkeys(("session-store", "notification-store", "channel-layer", "application-store", "cache"), USING),
}


@pytest.mark.parametrize("service", ELSEWHERE)
def test_the_file_of_a_server_elsewhere_gives_what_uses_it_a_way_out_and_leaves_the_service_out(
    generate: Callable[..., Path], service: str
) -> None:
    file = generate() / "infrastructure" / "elsewhere" / f"{service}.yaml"
    services = yaml.safe_load(file.read_text())["services"]
    assert services.pop(service) == {"profiles": ["embedded"]}
    assert services.keys() == WAITING
    assert {name for name, one in services.items() if one.get("networks") == ["outward"]} == ELSEWHERE[service]
    for one in services.values():
        assert one["depends_on"] == {service: {"condition": "service_healthy", "required": False}}
        assert one.keys() <= {"depends_on", "networks"}


def test_there_is_a_file_for_each_server_of_tier_i(generate: Callable[..., Path]) -> None:
    files = (generate() / "infrastructure" / "elsewhere").iterdir()
    assert {file.stem for file in files} == ELSEWHERE.keys()
    services = yaml.safe_load((generate() / "compose.yaml").read_text())["services"]
    assert {name for name, one in services.items() if ELSEWHERE.keys() <= one.get("depends_on", {}).keys()} == WAITING


def test_only_the_servers_and_the_check_of_the_configuration_have_the_secret(generate: Callable[..., Path]) -> None:
    services = yaml.safe_load((generate() / "compose.yaml").read_text())["services"]
    having = {name for name, service in services.items() if SECRET in service.get("secrets", ())}
    named = {name for name, one in services.items() if f"{SECRET.upper()}_FILE" in one.get("environment", {})}
    assert having == named == {*SERVERS, "configuration"}
