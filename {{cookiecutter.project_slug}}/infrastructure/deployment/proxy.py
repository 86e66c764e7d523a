"""The reverse proxy: which servers it uses, its configuration and its pages.

Docker's DNS says where the servers are, except while they are replaced. Then NGINX has a list, which leaves out a
server before that server stops: a stopping server resets the requests that wait to be accepted, and NGINX does not send
a POST again. The list is in the container's memory, so that a reverse proxy that starts again asks DNS.
"""

import time
from collections.abc import Iterable

from .docker import Container, Portal
from .problems import DeploymentError

SERVICE = "reverse-proxy"
PORT = 8000  # core/deployment/listening.py
FOLDER = "/run/nginx/servers"  # infrastructure/nginx/snippets/servers.conf includes its files

# Service → the network that it shares with the reverse proxy.
NETWORKS = {
    "intranet-server": "front-intranet",
    "internet-server": "front-internet",
    "intranet-sockets": "front-intranet",
    "internet-sockets": "front-internet",
}


# The reverse proxy of a release that had no such URL answers 404.
WAIT_FOR_LIST = """\
in_a_row=0 tries=0
while [ "$in_a_row" -lt 8 ]; do
    case $(curl --silent --max-time 2 --write-out ' %{{http_code}}' http://127.0.0.1:8081/list-of-servers) in
    '{name} 200') in_a_row=$((in_a_row + 1)) ;;
    *' 404') exit ;;
    *) in_a_row=0; sleep 0.1 ;;
    esac
    tries=$((tries + 1))
    if [ "$tries" -gt 300 ]; then echo 'NGINX does not take up its new configuration' >&2; exit 1; fi
done
"""


class ReverseProxy:
    def __init__(self, portal: Portal) -> None:
        self.portal = portal

    @property
    def is_running(self) -> bool:
        return any(container.is_running for container in self.portal.containers(SERVICE))

    def use(self, servers: Iterable[Container]) -> None:
        """Use these servers and no others. A service of which there is none here is found by DNS."""
        script = [f"rm -rf {FOLDER}", f"mkdir {FOLDER}", f"cd {FOLDER}"]
        name = str(time.time_ns())
        script.append(f"echo '1 {name};' >list-of-servers.map")
        by_service: dict[str, list[str]] = {}
        for container in servers:
            address = container.ip_address(self.portal.network(NETWORKS[container.service])["name"])
            if address:
                by_service.setdefault(container.service, []).append(address)
        for service, addresses in by_service.items():
            lines = " ".join(f"server {address}:{PORT};" for address in addresses)
            script.append(f"echo 'upstream {service}-list {{ {lines} }}' >{service}.upstream")
            script.append(f"echo '1 {service}-list;' >{service}.map")
        self.execute("set -e; " + "; ".join(script))
        self.reload()
        # The old processes of NGINX accept connections until the new ones run, which takes a while on a busy machine.
        self.execute(WAIT_FOR_LIST.format(name=name))

    def use_dns(self) -> None:
        self.use([])

    def reload(self) -> None:
        """Take up changed files. Open connections and sockets go on. Raises DeploymentError when one is wrong."""
        self.execute("nginx -t -q && nginx -s reload")

    def execute(self, script: str) -> None:
        if self.is_running:
            self.portal.compose("exec", "-T", SERVICE, "sh", "-c", script)

    def try_to_use(self, servers: Iterable[Container]) -> None:
        """Use these servers if NGINX takes its configuration. Otherwise, it goes on with the one that it has."""
        try:
            self.use(servers)
        except DeploymentError as error:
            print(error.report("reverse-proxy"))
