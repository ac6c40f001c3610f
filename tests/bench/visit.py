"""The site under gunicorn with two plain workers, and visitors who ask it for pages over loopback."""

import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from rest_framework.authtoken.models import Token

START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Answer:
    status: int
    body: bytes
    headers: Any
    seconds: float
    first_byte: float


@dataclass(frozen=True)
class Site:
    port: int
    process: subprocess.Popen

    def workers(self) -> list[int]:
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()] if children.exists() else []


@dataclass(frozen=True)
class Visitor:
    site: Site
    headers: dict[str, str] = field(default_factory=dict)

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, None, headers)

    def post(self, path: str, content: Any) -> Answer:
        return self.ask("POST", path, json.dumps(content).encode(), {"Content-Type": "application/json"})

    def ask(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        began = time.perf_counter()
        connection = http.client.HTTPConnection("127.0.0.1", self.site.port, timeout=600)
        try:
            connection.request(method, path, body, self.headers | headers)
            response = connection.getresponse()
            first = response.read(1)
            first_byte = time.perf_counter() - began
            content = first + response.read()
        finally:
            connection.close()
        return Answer(response.status, content, response.headers, time.perf_counter() - began, first_byte)


@contextmanager
def serving() -> Iterator[Site]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "config.wsgi:application", "--worker-class", "sync", "--workers", "2"]
    command += ["--bind", f"127.0.0.1:{port}", "--timeout", "600", "--log-level", "warning", "--no-control-socket"]
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.bench.settings"}
    process = subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR)
    try:
        site = Site(port, process)
        _wait(site)
        yield site
    finally:
        process.terminate()
        process.wait()


def _wait(site: Site) -> None:
    until = time.monotonic() + START_SECONDS
    while site.process.poll() is None and time.monotonic() < until:
        try:
            if Visitor(site).get("/floor/empty/").status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("The site did not start.")


def signed_in(site: Site, user: Any) -> Visitor:
    """As with a browser."""
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[-1]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session["renewed_at"] = int(time.time())
    session.create()
    return Visitor(site, {"Cookie": f"{settings.SESSION_COOKIE_NAME}={session.session_key}"})


def with_token(site: Site, user: Any) -> Visitor:
    """As a program."""
    token, _made = Token.objects.get_or_create(user=user)
    return Visitor(site, {"Authorization": f"Token {token.key}"})


def forget_peak_memory(pids: list[int]) -> dict[int, int]:
    """The memory of each process now, in kB, from which `peak_growth` counts."""
    for pid in pids:
        Path(f"/proc/{pid}/clear_refs").write_text("5")
    return {pid: _memory(pid, "VmRSS") for pid in pids}


def peak_growth(before: dict[int, int]) -> float:
    """The most that one of the processes grew at any moment since, in MB."""
    return max((_memory(pid, "VmHWM") - kilobytes for pid, kilobytes in before.items()), default=0) / 1024


def _memory(pid: int, name: str) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name))
