"""The seven real servers of tier I, as Debian packages them, on free ports of the loopback address.

    with RealServers() as servers:
        run_a_portal(environment=os.environ | servers.environment)

By hand, `python -m tests.support.servers` starts them, prints the variables to export, and runs until Ctrl-C.

All data is in one temporary folder, which is removed at the end. A server counts as ready when it has answered a
request of its own protocol. If this process dies without stopping the servers, the kernel kills them.
"""

import ctypes
import os
import pwd
import secrets
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar, Self

from tests.support.network import HOST, free_port, is_listening
from tests.support.waiting import wait_until

PACKAGES = "redis-server memcached postgresql rabbitmq-server nginx"  # the names are Debian's


class ServerMissingError(RuntimeError):
    """A server's program is not installed on this machine."""


def find_program(name: str) -> str:
    """Return the path of an installed program. Debian keeps some of them out of PATH.

    Raises ServerMissingError when it is not installed.
    """
    # RabbitMQ's own folder comes first: /usr/sbin has Debian's wrapper, which always uses the machine's own data.
    folders = f"/usr/lib/rabbitmq/bin:{os.environ.get('PATH', os.defpath)}:/usr/sbin"
    if path := shutil.which(name, path=folders):
        return path
    # The newest release comes first: /usr/lib/postgresql/17/bin before /usr/lib/postgresql/9.6/bin.
    installed = Path("/usr/lib/postgresql").glob(f"*/bin/{name}")
    for path in sorted(installed, key=lambda path: float(path.parts[-3]), reverse=True):
        return str(path)
    raise ServerMissingError(f"{name} is not installed; on Debian: apt-get install {PACKAGES}")


def die_with_parent() -> None:
    """Make the kernel kill this process when its parent dies. Does nothing where there is no Linux."""
    if sys.platform == "linux":
        parent_death_signal = 1
        ctypes.CDLL(None).prctl(parent_death_signal, signal.SIGKILL)


class Server:
    """One server process in a folder of its own. Port, password and data stay the same when it is started again."""

    name: str  # of its compose service
    user: str  # of its Debian package
    programs: tuple[str, ...]  # that must be installed
    host = HOST
    seconds_to_start = 10.0
    quickest_stop = signal.SIGKILL  # the data is removed anyway

    def __init__(self, folder: Path) -> None:
        self.port = free_port()
        self.password = secrets.token_urlsafe(24)
        self.process: subprocess.Popen | None = None
        self.folder = folder / self.name
        self.folder.mkdir()
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            try:
                account = pwd.getpwnam(self.user)
            except KeyError:
                raise ServerMissingError(
                    f"there is no user {self.user}; on Debian: apt-get install {PACKAGES}"
                ) from None
            self.identity = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
            os.chown(self.folder, account.pw_uid, account.pw_gid)
        else:
            self.identity = {}

    def command(self) -> list[str]:
        raise NotImplementedError

    def environment(self) -> dict[str, str]:
        """Return the variables of the server's process beside PATH and HOME."""
        return {}

    def answers(self) -> bool:
        """Say whether the server answers a request of its own protocol."""
        raise NotImplementedError

    def url(self) -> str:
        raise NotImplementedError

    def prepare(self) -> None:
        """Make the files that the first start needs."""

    def options(self) -> dict:
        """Return the user, folder and environment of every process of this server, for subprocess."""
        minimal = {"PATH": os.environ.get("PATH", os.defpath), "HOME": str(self.folder), "LC_ALL": "C.UTF-8"}
        return {"cwd": self.folder, "env": minimal | self.environment(), **self.identity}

    def start(self) -> None:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C must not reach the servers: `stop` ends them in order
                preexec_fn=die_with_parent,
                **self.options(),
            )
        self.wait_until_ready()

    def wait_until_ready(self) -> None:
        def is_ready() -> bool:
            if self.process.poll() is not None:
                raise RuntimeError(f"{self.name} ended with {self.process.returncode}:\n{self.log_tail()}")
            return self.answers()

        try:
            wait_until(is_ready, seconds=self.seconds_to_start)
        except TimeoutError as error:
            raise TimeoutError(f"{self.name} is not ready ({error}):\n{self.log_tail()}") from None

    @property
    def log(self) -> Path:
        return self.folder / "log"

    def log_tail(self) -> str:
        return self.log.read_text(errors="replace")[-2000:]

    def kill(self) -> None:
        """Kill it and the processes that it started."""
        self.stop(signal.SIGKILL)

    def stop(self, number: signal.Signals) -> None:
        """Send it a signal and wait until it has ended."""
        if self.process is not None:
            # The process is a child that nobody has waited for yet, so no other process can have its id.
            os.killpg(self.process.pid, number)
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
            self.process = None

    @contextmanager
    def killed(self) -> Iterator[None]:
        """Kill it for the duration of the block: connections are refused. It is ready again afterwards."""
        self.kill()
        try:
            yield
        finally:
            self.start()

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """Suspend it for the duration of the block: it accepts connections and never answers."""
        os.killpg(self.process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(self.process.pid, signal.SIGCONT)


class RedisServer(Server):
    user = "redis"
    programs = ("redis-server", "redis-cli")
    is_persistent = False

    def command(self) -> list[str]:
        options = {
            "bind": self.host,
            "port": self.port,
            "dir": self.folder,
            "requirepass": self.password,
            "save": "",
            "appendonly": "yes" if self.is_persistent else "no",
            "appendfsync": "always",
            "rdbcompression": "no",  # a test searches the file that SAVE writes
        }
        arguments = [str(word) for name, value in options.items() for word in (f"--{name}", value)]
        return [find_program("redis-server"), *arguments]

    def answers(self) -> bool:
        return self.run("PING") == "PONG"

    def run(self, *command: str) -> str:
        """Return what redis-cli prints for one command, nothing when the server does not answer."""
        return subprocess.run(
            [find_program("redis-cli"), "-h", self.host, "-p", str(self.port), "--user", "default", *command],
            env={"PATH": os.environ.get("PATH", os.defpath), "REDISCLI_AUTH": self.password},
            capture_output=True,
            text=True,
            errors="replace",
        ).stdout.strip()

    def dump(self) -> bytes:
        """Return every key and value of every type, as bytes to search."""
        if (answer := self.run("SAVE")) != "OK":
            raise RuntimeError(f"{self.name} does not save: {answer!r}")
        return (self.folder / "dump.rdb").read_bytes()

    def url(self) -> str:
        return f"redis://default:{self.password}@{HOST}:{self.port}/0"


class SessionStore(RedisServer):
    name = "session-store"
    is_persistent = True


class NotificationStore(RedisServer):
    name = "notification-store"


class ChannelLayer(RedisServer):
    name = "channel-layer"


class ApplicationStore(RedisServer):
    name = "application-store"


class Cache(Server):
    name = "cache"
    user = "memcache"
    programs = ("memcached",)

    def command(self) -> list[str]:
        # UDP is off; "-m" is megabytes.
        return [find_program("memcached"), "-l", HOST, "-p", str(self.port), "-U", "0", "-m", "32"]

    def answers(self) -> bool:
        try:
            with socket.create_connection((HOST, self.port), timeout=1) as connection:
                connection.sendall(b"version\r\n")
                return connection.recv(100).startswith(b"VERSION")
        except OSError:
            return False

    def url(self) -> str:
        return f"memcached://{HOST}:{self.port}"


class Database(Server):
    name = "database"
    user = "postgres"
    programs = ("initdb", "postgres", "psql", "pg_dump")
    seconds_to_start = 30.0
    quickest_stop = signal.SIGQUIT  # it then frees its shared memory, which would outlive a killed process
    superuser = "portal"

    def prepare(self) -> None:
        password_file = self.folder / "password"
        password_file.write_text(self.password)
        if self.identity:
            os.chown(password_file, self.identity["user"], self.identity["group"])
        arguments = f"--username={self.superuser} --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --no-sync"
        made = subprocess.run(
            [
                find_program("initdb"),
                f"--pgdata={self.folder / 'data'}",
                f"--pwfile={password_file}",
                *arguments.split(),
            ],
            capture_output=True,
            text=True,
            **self.options(),
        )
        password_file.unlink()
        if made.returncode:
            raise RuntimeError(f"initdb: {made.stderr}")

    def command(self) -> list[str]:
        settings = {
            "listen_addresses": self.host,
            "port": self.port,
            "unix_socket_directories": "",  # a socket's path may be too long in a temporary folder
            "fsync": "off",  # the data need not survive a power failure
        }
        return [
            find_program("postgres"),
            "-D",
            str(self.folder / "data"),
            *(word for name, value in settings.items() for word in ("-c", f"{name}={value}")),
        ]

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's client programs as the superuser."""
        return subprocess.run(
            [find_program(program), *arguments],
            env={
                "PATH": os.environ.get("PATH", os.defpath),
                "PGHOST": self.host,
                "PGPORT": str(self.port),
                "PGUSER": self.superuser,
                "PGPASSWORD": self.password,
                "PGDATABASE": "postgres",
            },
            capture_output=True,
            text=True,
        )

    def answers(self) -> bool:
        try:
            return self.execute("SELECT 'ready'") == "ready"
        except RuntimeError:
            return False

    def create(self, database: str, *, template: str = "template1") -> str:
        """Make a database that is a copy of another one, empty by default. Returns its URL.

        The connections to the other one are closed.
        """
        self.close_connections(template)
        self.execute(f'CREATE DATABASE "{database}" TEMPLATE "{template}"')
        return self.url(database)

    def close_connections(self, database: str) -> int:
        """Close all connections to a database. Returns how many there were."""
        end = f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '{database}'"
        return self.execute(end).split().count("t")

    def execute(self, statement: str) -> str:
        """Execute a statement in the database `postgres`. Returns what psql prints, without headers."""
        done = self.run("psql", "--no-psqlrc", "--tuples-only", "--quiet", f"--command={statement}")
        if done.returncode:
            raise RuntimeError(done.stderr)
        return done.stdout.strip()

    def dump(self, database: str = "postgres") -> str:
        """Return a whole database as SQL."""
        dumped = self.run("pg_dump", f"--dbname={database}")
        if dumped.returncode:
            raise RuntimeError(dumped.stderr)
        return dumped.stdout

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://portal:{self.password}@{HOST}:{self.port}/{database}"


class MessageBroker(Server):
    """RabbitMQ, with an Erlang port mapper (epmd) of its own.

    By itself, the broker would start the machine's port mapper, which keeps running when the broker ends.
    """

    name = "message-broker"
    user = "rabbitmq"
    programs = ("rabbitmq-server", "epmd")
    seconds_to_start = 90.0

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self.distribution_port, self.mapper_port = free_port(), free_port()
        self.mapper: subprocess.Popen | None = None

    def prepare(self) -> None:
        configuration = {
            "listeners.tcp.1": f"{HOST}:{self.port}",
            "default_user": "portal",
            "default_pass": self.password,
            "loopback_users": "none",
            "disk_free_limit.absolute": "50MB",
            "log.console": "true",
            "log.file": "false",
        }
        lines = [f"{key} = {value}\n" for key, value in configuration.items()]
        (self.folder / "rabbitmq.conf").write_text("".join(lines))
        (self.folder / "enabled_plugins").write_text("[].\n")

    def environment(self) -> dict[str, str]:
        return {
            "RABBITMQ_NODENAME": "portal@localhost",
            "RABBITMQ_MNESIA_BASE": str(self.folder / "mnesia"),
            "RABBITMQ_LOG_BASE": str(self.folder),
            "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq.conf"),
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "no-such-file"),  # rather than the machine's own
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_DIST_PORT": str(self.distribution_port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "ERL_EPMD_PORT": str(self.mapper_port),
            "ERL_EPMD_ADDRESS": HOST,
            "RUNNING_UNDER_SYSTEMD": "true",  # the script then replaces itself with the server, which gets the signals
        }

    def command(self) -> list[str]:
        return [find_program("rabbitmq-server")]

    def start(self) -> None:
        if self.mapper is None:
            self.mapper = subprocess.Popen(
                [find_program("epmd"), "-port", str(self.mapper_port), "-address", HOST],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=die_with_parent,
                **self.options(),
            )
            wait_until(lambda: is_listening(self.mapper_port))
        super().start()

    def answers(self) -> bool:
        """Say whether it greets a client with Connection.Start. Its listener opens last when it starts."""
        try:
            with socket.create_connection((HOST, self.port), timeout=1) as connection:
                connection.sendall(b"AMQP\x00\x00\x09\x01")
                is_method, connection_start = b"\x01", b"\x00\x0a\x00\x0a"
                greeting = connection.recv(11)
                return greeting[:1] == is_method and greeting[7:11] == connection_start
        except OSError:
            return False

    def stop(self, number: signal.Signals) -> None:
        super().stop(number)
        if self.mapper is not None:
            self.mapper.kill()
            self.mapper.wait()
            self.mapper = None

    def url(self) -> str:
        return f"amqp://portal:{self.password}@{HOST}:{self.port}//"


VARIABLES: dict[str, type[Server]] = {
    "SESSION_STORE_URL": SessionStore,
    "NOTIFICATION_STORE_URL": NotificationStore,
    "CHANNEL_LAYER_URL": ChannelLayer,
    "APPLICATION_STORE_URL": ApplicationStore,
    "DATABASE_URL": Database,
    "CACHE_URL": Cache,
    "MESSAGE_BROKER_URL": MessageBroker,
}


def check_programs() -> None:
    """Raise ServerMissingError when a program of one of the seven servers is not installed."""
    for kind in VARIABLES.values():
        for program in kind.programs:
            find_program(program)


class RunningServers[Kind: Server]:
    """Servers that run for the block, with their files in one temporary folder. `servers["session-store"]` is one."""

    prefix: ClassVar[str]  # of the folder's name
    folder: Path
    by_name: dict[str, Kind]

    def start(self) -> None:
        """Fill `by_name`, prepare the servers and start them."""
        raise NotImplementedError

    def __enter__(self) -> Self:
        self.folder = Path(tempfile.mkdtemp(prefix=self.prefix))
        self.folder.chmod(0o711)  # the servers' users need to reach their own folders in it
        self.by_name = {}
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def __iter__(self) -> Iterator[Kind]:
        return iter(self.by_name.values())

    def __getitem__(self, name: str) -> Kind:
        return self.by_name[name]

    def stop(self) -> None:
        for server in self:
            server.stop(server.quickest_stop)
        shutil.rmtree(self.folder, ignore_errors=True)


class RealServers(RunningServers[Server]):
    """All seven servers. `servers.environment` has the portal's variables."""

    prefix = "portal-servers-"

    def start(self) -> None:
        check_programs()
        for kind in VARIABLES.values():
            self.by_name[kind.name] = kind(self.folder)
        for server in self:
            server.prepare()
        for server in self:
            server.start()

    @property
    def environment(self) -> dict[str, str]:
        return {variable: self.by_name[kind.name].url() for variable, kind in VARIABLES.items()}

    def production_environment(self, mail_url: str) -> dict[str, str]:
        """Return the variables of a portal in production on these servers, with a new database of its own."""
        return {
            **self.environment,
            "DATABASE_URL": self["database"].create("portal"),
            "MAIL_URL": mail_url,
            "PORTAL_ENVIRONMENT": "production",
        }


def main() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):  # each ends the block below in order
        signal.signal(number, signal.default_int_handler)
    try:
        with RealServers() as servers:
            for variable, url in servers.environment.items():
                print(f"export {variable}={shlex.quote(url)}")
            print("# The seven servers run until Ctrl-C.", flush=True)
            signal.pause()
    except ServerMissingError as missing:
        sys.exit(str(missing))
    except KeyboardInterrupt:
        pass


if __name__ == "__main__":
    main()
