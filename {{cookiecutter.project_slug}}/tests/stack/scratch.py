"""A copy of the portal that runs in containers of its own, and a visitor of it. It needs nothing but Docker."""

import ipaddress
import json
import re
import secrets
import socket
import ssl
import subprocess
from dataclasses import dataclass, field
from http.client import HTTPConnection
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
SITES = ("intranet", "internet")
HOST = "127.0.0.1"
SECRET = re.compile(r"(?m)^(SECRET_KEY|ENCRYPTION_KEYS|[A-Z_]+_PASSWORD)=$")
AUTHORITY = "/var/lib/portal/certificates/authority.crt"


@dataclass
class Visitor:
    """A client of one site that keeps cookies, and checks the site's certificate."""

    domain: str
    port: int
    tls: ssl.SSLContext
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Any:
        return self.request("GET", path)

    def post(self, path: str, data: Any) -> Any:
        """Send JSON as a page does, with the token of the CSRF cookie."""
        self.get("/_allauth/browser/v1/config")
        (token,) = [value for name, value in self.cookies.items() if name.endswith("_csrf")]
        origin = f"https://{self.domain}:{self.port}"
        headers = {"Content-Type": "application/json", "X-CSRFToken": token, "Origin": origin, "Referer": f"{origin}/"}
        return self.request("POST", path, json.dumps(data), headers)

    def request(self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None) -> Any:
        """Return the JSON of an answer. Raises AssertionError when the answer is no success."""
        connection = HTTPConnection(self.domain, timeout=20)
        plain = socket.create_connection((HOST, self.port), timeout=20)
        connection.sock = self.tls.wrap_socket(plain, server_hostname=self.domain)
        cookie = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"Host": f"{self.domain}:{self.port}", "Accept": "application/json", "Cookie": cookie}
        try:
            connection.request(method, path, body, sent | (headers or {}))
            response = connection.getresponse()
            content = response.read()
        finally:
            connection.close()
        for line in response.headers.get_all("Set-Cookie") or []:
            self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(line).items()}
        assert response.status == 200, f"{path}: {response.status} {content[:300]!r}"
        return json.loads(content)


@dataclass(frozen=True)
class ScratchStack:
    folder: Path
    project: str
    https_port: int
    subnet: str

    def run(self, *command: str, seconds: float = 180, check: bool = True) -> str:
        """Run a command in the copy, and return its output. Raises AssertionError when it fails and `check` is true."""
        done = subprocess.run(command, cwd=self.folder, capture_output=True, text=True, timeout=seconds, check=False)
        assert done.returncode == 0 or not check, f"{' '.join(command)}\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        return done.stdout

    def compose(self, *arguments: str, **options: Any) -> str:
        return self.run("docker", "compose", *arguments, **options)

    def manage(self, *arguments: str, **options: Any) -> str:
        return self.compose("exec", "-T", "intranet-server", "python", "manage.py", *arguments, **options)

    def visitor(self, site: str, *, domain: str = "") -> Visitor:
        """Return a visitor of a site, who trusts the authority of this portal alone."""
        sites = yaml.safe_load((self.folder / "portal.yaml").read_text())["sites"]
        authority = self.compose("exec", "-T", "reverse-proxy", "cat", AUTHORITY)
        tls = ssl.create_default_context(cadata=authority)
        name = domain or sites[site]["domain"].encode("idna").decode()
        return Visitor(name, self.https_port, tls)

    def remove(self) -> None:
        self.compose("down", "--volumes", "--remove-orphans", "--timeout=5", check=False)
        images = self.run("docker", "images", "--quiet", f"--filter=reference={self.project}-*").split()
        if images:
            self.run("docker", "image", "rm", "--force", *sorted(set(images)), check=False)


def write_environment(folder: Path) -> ScratchStack:
    """Write a .env with new secrets, free ports and a free network, and return the stack that it describes."""
    project = f"portal-stack-test-{secrets.token_hex(4)}"
    http_port, https_port = free_ports(2)
    subnet = free_subnet()
    text = SECRET.sub(lambda match: f"{match[1]}={secrets.token_hex(32)}", (folder / ".env.example").read_text())
    text += (
        f"\nCOMPOSE_PROJECT_NAME={project}\nPUBLISH_HTTP_PORT={http_port}\nPUBLISH_HTTPS_PORT={https_port}\n"
        f"EDGE_SUBNET={subnet}\nINSTITUTE_SIGN_IN_SECRET={secrets.token_hex(32)}\n"
    )
    (folder / ".env").write_text(text)
    (folder / ".env").chmod(0o600)
    return ScratchStack(folder, project, https_port, subnet)


def write_configuration(folder: Path, subnet: str) -> None:
    """Let this machine visit both sites: with a certificate of the copy, and the copy's network in every ring."""
    file = folder / "portal.yaml"
    configuration = yaml.safe_load(file.read_text())
    configuration["tls"] = "self-signed"
    for networks in configuration.get("rings", {}).values():
        networks.append(subnet)
    file.write_text(yaml.safe_dump(configuration, allow_unicode=True, sort_keys=False))


def free_ports(number: int) -> list[int]:
    listeners = [socket.create_server((HOST, 0)) for _ in range(number)]
    try:
        return [listener.getsockname()[1] for listener in listeners]
    finally:
        for listener in listeners:
            listener.close()


def free_subnet() -> str:
    """Return a network that overlaps none of the engine's."""
    names = subprocess.run(["docker", "network", "ls", "--quiet"], capture_output=True, text=True, check=True)
    found = subprocess.run(["docker", "network", "inspect", *names.stdout.split()], capture_output=True, check=True)
    taken = [
        ipaddress.ip_network(part["Subnet"])
        for network in json.loads(found.stdout)
        for part in network["IPAM"]["Config"] or []
    ]
    candidates = ipaddress.ip_network("172.16.128.0/17").subnets(new_prefix=24)
    return str(next(one for one in candidates if not any(one.version == t.version and one.overlaps(t) for t in taken)))
