"""The one command that serves: where it refuses to, what it prepares, and that it ends cleanly."""

import os
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.conf import settings

from tests.services import _free_port as free_port

ROOT = Path(settings.BASE_DIR)
COMMAND = [sys.executable, "manage.py", "serve"]


def variables(home: Path, **given: str) -> dict[str, str]:
    # What a test process was given to serve itself must not reach the server under test.
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("YINFENG_", "DJANGO_"))}
    bare = {"YINFENG_HOME": str(home), "YINFENG_DEMO": "1", "DATABASE_URL": "", "REDIS_URL": ""}
    return inherited | bare | given


def refusal(home: Path, **given: str) -> str:
    done = subprocess.run(
        COMMAND, cwd=ROOT, env=variables(home, **given), capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode != 0
    return done.stderr


@contextmanager
def served(home: Path, **given: str):
    """A server in a process group of its own, as a terminal would start it."""
    port = free_port()
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(
            COMMAND,
            cwd=ROOT,
            env=variables(home, PORT=str(port), **given),
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        until = time.monotonic() + 120
        while not healthy(port):
            said = (home / "log").read_text()
            assert process.poll() is None, said
            assert time.monotonic() < until, said
            time.sleep(0.1)
        yield process, port
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return answer.status == 200
    except (urllib.error.URLError, OSError):
        return False


@pytest.mark.parametrize("address", ["0.0.0.0", "::", "192.0.2.1"])
def test_demo_mode_serves_nobody_but_this_machine(tmp_path, address):
    said = refusal(tmp_path, YINFENG_BIND=address)

    assert f"loopback address only, not on {address}" in said
    assert not (tmp_path / "yinfeng.sqlite3").exists()


def test_debug_mode_serves_nobody_but_this_machine_either(tmp_path):
    said = refusal(tmp_path, YINFENG_BIND="0.0.0.0", YINFENG_DEMO="0", YINFENG_DEBUG="1")

    assert "Debug mode serves on the loopback address only" in said
    assert said.count("\n") == 1


def test_a_taken_port_is_named_in_one_line(tmp_path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        said = refusal(tmp_path, PORT=str(port))

    assert f"Cannot serve on 127.0.0.1:{port}" in said
    assert said.count("\n") == 1


def test_several_web_processes_need_a_broker_they_can_share(tmp_path):
    said = refusal(tmp_path, YINFENG_WEB_WORKERS="2")

    assert "needs REDIS_URL" in said


def test_one_interrupt_ends_everything_and_frees_the_port(tmp_path):
    with served(tmp_path, YINFENG_DEMO="0", YINFENG_DEBUG="1") as (process, port):
        os.killpg(process.pid, signal.SIGINT)
        process.wait(30)

        with socket.socket() as probe:
            # As the next server does: connections that are only waiting to be forgotten do not count, a listener does.
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
        with pytest.raises(ProcessLookupError):
            os.killpg(process.pid, 0)
    assert "Traceback" not in (tmp_path / "log").read_text()


def test_outside_demo_mode_nobody_has_an_account_until_someone_makes_one(tmp_path):
    tmp_path.chmod(0o755)
    with served(tmp_path, YINFENG_DEMO="0"):
        said = (tmp_path / "log").read_text()
        with sqlite3.connect(tmp_path / "yinfeng.sqlite3") as database:
            people = database.execute("select count(*) from accounts_user").fetchone()

    assert people == (0,)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "yinfeng.sqlite3").stat().st_mode) == 0o600
    assert not (tmp_path / "demo-accounts.txt").exists()
    assert "password" not in said.lower()
