"""Writes what NGINX needs of portal.yaml and .env: host names, networks, TLS and limits.

infrastructure/nginx/nginx.conf, which is the same for every portal, includes each file by name. All values are checked
(host names in ASCII, networks, numbers, language codes) or escaped (document.py), so that no free text reaches NGINX.
"""

from collections.abc import Iterable
from ipaddress import IPv4Network
from pathlib import Path

from core.configuration.files_url import parse_files_url
from core.configuration.loading import Configuration
from core.configuration.portal import SITES, SiteName
from core.configuration.prefixes import relative
from core.configuration.values import Network
from core.frontend.portal_files import PORTAL_FILES
from core.http.clients import UNKNOWN, docker_gateway
from core.plugins.discovery import Plugin
from core.plugins.uploads import LARGEST_BODY_MEGABYTES, uploads

from .certificates import CertificateFiles
from .document import document_filters, document_variables
from .error_pages import error_files
from .processes import server_processes

LOOPBACK = IPv4Network("127.0.0.1/32")
HTTP_PORT, HTTPS_PORT = 8080, 8443  # inside the container; Compose publishes them

# The requests that each process of a server gets a second to check or set a password: a processor needs a quarter of a
# second for a hash of Django's own parameters. Others wait for their turn, so long that browsers do not give up
# (frontend/sdk/api.js), and the rest are refused.
PASSWORDS_PER_SECOND, LONGEST_WAIT_SECONDS = 3, 15

Certificates = dict[SiteName, CertificateFiles] | None


def write_sites(
    configuration: Configuration, plugins: Iterable[Plugin], certificates: Certificates, directory: Path
) -> list[str]:
    """Write NGINX's files and each site's into `directory`, and return the names of NGINX's."""
    snippets = {
        "client-addresses.conf": client_addresses(configuration),
        "networks.conf": networks(configuration),
        "identity.conf": identity(configuration),
        "limits.conf": limits(configuration),
        "socket-limits.conf": socket_limits(configuration),
        "document.conf": document_variables(configuration.portal),
        "document-filters.conf": document_filters(configuration.portal),
        "uploads.conf": upload_locations(configuration, plugins),
        "files.conf": files(configuration),
        "unknown-host.conf": unknown_host(certificates),
        "redirects.conf": redirects(configuration, certificates),
        **{f"{site}.conf": site_names(configuration, site, certificates) for site in SITES},
    }
    for name, content in snippets.items():
        replace_file(directory / name, content.encode())
    for site in SITES:
        (directory / site).mkdir(exist_ok=True)
        for name, file in PORTAL_FILES.items():
            replace_file(directory / site / relative(name), file.content(configuration.portal, site))
    for name, page in error_files(configuration.portal):
        path = directory / "errors" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        replace_file(path, page.encode())
    return list(snippets)


def replace_file(path: Path, content: bytes) -> None:
    """Write a file as a whole, so that NGINX never reads half of it."""
    temporary = path.with_name(f"{path.name}.new")
    temporary.write_bytes(content)
    temporary.replace(path)


def client_addresses(configuration: Configuration) -> str:
    """Return how NGINX finds a client's IP address, `$client_ip`: by the connection, or from a trusted proxy in front.

    The address of a container of the portal is unknown. With a proxy, so is each address unless the request came
    through a trusted proxy which named another one.
    """
    # The portal's containers, such as the Redis GUI, connect to another address of NGINX than the published one. Their
    # own addresses are private, and many portals list those in a ring. Only NGINX's own container uses the loopback.
    edge = geo("$server_addr", "$is_at_edge", [configuration.environment.edge_subnet, LOOPBACK])
    if configuration.portal.tls != "none":
        return f"{edge}map $is_at_edge $client_ip {{\n    default {UNKNOWN};\n    1 $remote_addr;\n}}\n"
    proxies = configuration.environment.trusted_proxies
    return f"""\
{edge}\
{"".join(f"set_real_ip_from {network};\n" for network in proxies)}\
real_ip_header X-Forwarded-For;
real_ip_recursive on;
{geo("$realip_remote_addr", "$is_from_proxy", proxies)}\
{geo("$remote_addr", "$is_proxy", proxies)}\
map "$is_at_edge $is_from_proxy $is_proxy" $client_ip {{
    default {UNKNOWN};
    "1 1 0" $remote_addr;
}}
"""


def networks(configuration: Configuration) -> str:
    """Return who may enter each site, as `$is_inside_intranet` and `$is_inside_internet`: 1 or 0."""
    return "".join(networks_of(configuration, site) for site in SITES)


def networks_of(configuration: Configuration, site: SiteName) -> str:
    """Return who may enter a site with rings: an unknown address is in none of them."""
    portal, environment = configuration.portal, configuration.environment
    rings = portal.site(site).rings
    if not rings:
        return f"map $client_ip $is_inside_{site} {{\n    default 1;\n}}\n"
    inside = [network for ring in rings for network in portal.rings[ring]]
    # Docker replaces the IP address of some clients, IPv6 ones among them, by its network's gateway. Where other
    # machines can reach the portal, the gateway therefore belongs to no ring.
    outside = [IPv4Network(docker_gateway(environment.edge_subnet))] if environment.is_published else []
    return f"""\
{geo("$remote_addr", f"$is_in_ring_of_{site}", inside, outside)}\
map $client_ip $is_inside_{site} {{
    {UNKNOWN} 0;
    default $is_in_ring_of_{site};
}}
"""


def identity(configuration: Configuration) -> str:
    """Return which site signs people in at other sites, as `$serves_identity`: 1 or 0."""
    site = configuration.portal.single_sign_on.site
    return f"map $site $serves_identity {{\n    default 0;\n    {site} 1;\n}}\n"


def geo(address: str, variable: str, inside: Iterable[Network], outside: Iterable[Network] = ()) -> str:
    """Return a block that sets `variable` to 1 for an address in `inside`, else to 0. The narrowest network decides."""
    values = dict.fromkeys(map(str, inside), 1) | dict.fromkeys(map(str, outside), 0)
    lines = [f"    {network} {value};\n" for network, value in sorted(values.items())]
    return f"geo {address} {variable} {{\n    default 0;\n{''.join(lines)}}}\n"


# What waits in NGINX's memory: bodies in /tmp (96 MB in compose.yaml) until they are complete. For one address and in
# all, so many megabytes of it at most. The rest is for a burst of small bodies, which wait in the processes' memory.
UPLOADS_AT_ONCE, UPLOAD_MEGABYTES = 4, 48
LARGE_BODIES_AT_ONCE, LARGE_BODY_MEGABYTES = 8, 32
SMALL_BODIES_AT_ONCE, SMALL_BODIES = 100, 2000
SEND_BUFFER = "64k"  # of each connection, for what a slow client has not received yet; the kernel takes twice as much
SOCKETS = 1500  # in all on a site, as in config/settings/channels.py


def limits(configuration: Configuration) -> str:
    environment = configuration.environment
    processes = server_processes(environment.server_processes, environment.server_memory_megabytes)
    passwords_per_second = PASSWORDS_PER_SECOND * processes * environment.server_replicas
    return f"""\
limit_req_zone $limited_address zone=requests:10m rate={environment.limit_requests}r/s;
limit_req_zone $sign_in_key zone=sign_in:10m rate={environment.limit_sign_ins}r/m;
limit_req_zone $password_key zone=passwords:64k rate={passwords_per_second}r/s;
limit_req zone=requests burst={environment.limit_burst} nodelay;
limit_req zone=sign_in burst=10 nodelay;
limit_req zone=passwords burst={LONGEST_WAIT_SECONDS * passwords_per_second};
limit_req_status 429;
limit_conn_zone $limited_address zone=connections:10m;
limit_conn_zone $limited_address zone=sockets:10m;
limit_conn_zone $site zone=all_sockets:1m;
limit_conn_zone $small_body_key zone=small_bodies:10m;
limit_conn_zone $large_body_key zone=large_bodies:10m;
limit_conn_zone $limited_address zone=uploads:10m;
limit_conn_zone $small_body_of_all zone=all_small_bodies:1m;
limit_conn_zone $large_body_of_all zone=all_large_bodies:1m;
limit_conn_zone uploads zone=all_uploads:1m;
limit_conn_status 429;
limit_conn connections {environment.limit_connections};
limit_conn small_bodies {SMALL_BODIES_AT_ONCE};
limit_conn all_small_bodies {SMALL_BODIES};
limit_conn large_bodies {LARGE_BODIES_AT_ONCE};
limit_conn all_large_bodies {LARGE_BODY_MEGABYTES // LARGEST_BODY_MEGABYTES};
client_max_body_size {LARGEST_BODY_MEGABYTES}m;
"""


def socket_limits(configuration: Configuration) -> str:
    """Return the limits of sockets, in place of those for requests."""
    return f"limit_conn sockets {configuration.environment.limit_sockets};\nlimit_conn all_sockets {SOCKETS};\n"


def upload_locations(configuration: Configuration, plugins: Iterable[Plugin]) -> str:
    """Return a location for each path that takes larger bodies, inside that of /api/."""
    environment = configuration.environment
    found = list(uploads(plugins, at_most=environment.limit_body_megabytes))
    at_once = UPLOAD_MEGABYTES // max((upload.megabytes for upload in found), default=1)
    return "".join(
        f"""\
location ~ "{upload.pattern}" {{
    client_max_body_size {upload.megabytes}m;
    limit_conn connections {environment.limit_connections};
    limit_conn uploads {min(UPLOADS_AT_ONCE, at_once)};
    limit_conn all_uploads {at_once};
    include snippets/upload.conf;
}}
"""
        for upload in found
    )


def files(configuration: Configuration) -> str:
    """Return where a site's uploads are: in volumes, or in the one store that NGINX may fetch them from."""
    url = configuration.environment.files_url
    if not url:
        return "include snippets/files-in-volumes.conf;\n"
    server = parse_files_url(url)
    return f"""\
set $files_origin {server.origin};
set $files_host {server.address};
set $files_name {server.host};
include snippets/files-elsewhere.conf;
"""


def unknown_host(certificates: Certificates) -> str:
    """Return the server for unknown host names, which get neither a certificate nor a response."""
    lines = [f"listen {HTTP_PORT} default_server sndbuf={SEND_BUFFER};"]
    if certificates is not None:
        lines += [f"listen {HTTPS_PORT} ssl default_server sndbuf={SEND_BUFFER};", "ssl_reject_handshake on;"]
    return "\n".join(lines) + "\n"


def redirects(configuration: Configuration, certificates: Certificates) -> str:
    """Return the server for plain HTTP: it redirects pages to TLS on the published port, and refuses the rest."""
    if certificates is None:
        return "# A proxy in front ends TLS and redirects.\n"
    names = " ".join(configuration.portal.site(site).host for site in SITES)
    port = configuration.environment.publish_https_port
    suffix = "" if port == 443 else f":{port}"
    return f"""\
server {{
    listen {HTTP_PORT};
    server_name {names};
    set $site "";
    include snippets/headers.conf;
    error_page 403 /_errors/plain-http/403.$error_kind;
    include snippets/error-pages.conf;
    location / {{
        if ($redirects_to_tls) {{ return 308 https://$host{suffix}$request_uri; }}
        return 403;
    }}
}}
"""


def site_names(configuration: Configuration, site: SiteName, certificates: Certificates) -> str:
    """Return a site's host name, its ports and its certificate."""
    host = configuration.portal.site(site).host
    if certificates is None:
        return f"listen {HTTP_PORT};\nserver_name {host};\n"
    files = certificates[site]
    return f"""\
listen {HTTPS_PORT} ssl;
http2 on;
server_name {host};
ssl_certificate {files.certificate};
ssl_certificate_key {files.key};
"""
