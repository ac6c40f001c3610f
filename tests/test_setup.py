"""What an installation rests on: its variables, its key, its pins, its gate and its health page."""

import json
import os
import re
import socket
import stat
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from config.environment import BadSetting, Environment
from config.secret_key import kept_secret_key
from config.settings import env

ROOT = Path(settings.BASE_DIR)
LISTINGS = ["requirements.txt", "requirements-dev.txt", "tools/node.txt", "tools/virtualenv.txt"]


def test_the_example_names_exactly_the_variables_which_settings_read():
    named = set(re.findall(r"^#?([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))

    assert named == env.names


def test_the_example_gives_every_variable_a_comment_and_changes_nothing_when_copied(tmp_path):
    lines = (ROOT / ".env.example").read_text().splitlines()

    for number, line in enumerate(lines):
        if re.match(r"#?[A-Z_]+=", line):
            assert lines[number - 1].startswith("#"), f"{line} has no comment"
        else:
            assert not line or line.startswith("#"), f"{line} would take effect"


def test_a_variable_of_the_process_wins_over_the_file(tmp_path):
    file = tmp_path / ".env"
    file.write_text('# comment\nPORT=8001\nYINFENG_DEMO="1"\nYINFENG_HOME=\n')
    read = Environment(file, {"PORT": "8002"})

    assert read.number("PORT", 8000) == 8002
    assert read.flag("YINFENG_DEMO", default=False)
    assert read.text("YINFENG_HOME", "var") == "var"
    assert read.names == {"PORT", "YINFENG_DEMO", "YINFENG_HOME"}


@pytest.mark.parametrize(("name", "value"), [("PORT", "eight"), ("YINFENG_DEMO", "perhaps")])
def test_a_value_nobody_can_use_ends_the_program_with_its_name(tmp_path, name, value):
    read = Environment(tmp_path / "none", {name: value})

    with pytest.raises(BadSetting, match=name):
        read.number(name, 8000) if name == "PORT" else read.flag(name, default=False)


def test_the_secret_key_is_made_once_for_its_owner_only(tmp_path):
    file = tmp_path / "home" / "secret-key"

    with ThreadPoolExecutor(8) as pool:
        keys = set(pool.map(kept_secret_key, [file] * 8))

    assert len(keys) == 1
    assert len(keys.pop()) >= 50
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [path.name for path in file.parent.iterdir()] == ["secret-key"]


@pytest.mark.parametrize("listing", LISTINGS)
def test_every_requirement_is_pinned_with_hashes_and_names_no_registry(listing):
    entries = re.split(r"\n(?=[a-z])", (ROOT / listing).read_text())

    assert "://" not in "".join(entries)
    for entry in entries:
        assert re.match(r"[a-z0-9-]+(\[[a-z]+\])?==[^ ]+ ", entry), entry[:80]
        assert "--hash=sha256:" in entry, entry[:80]


def test_what_tests_install_contains_what_production_runs():
    pins = [set(re.findall(r"^([a-z0-9-]+==[^ ]+) ", (ROOT / name).read_text(), re.MULTILINE)) for name in LISTINGS[:2]]

    assert pins[0] < pins[1]


def test_the_lock_of_the_browser_libraries_has_hashes_and_names_no_registry():
    lock = (ROOT / "package-lock.json").read_text()

    assert "integrity" in lock
    assert "resolved" not in lock


def test_the_gate_runs_the_command_of_the_readme_with_a_browser_and_then_the_linters():
    lines = [line.strip() for line in (ROOT / ".ci" / "run").read_text().splitlines()]

    assert lines[-2:] == ["YINFENG_REQUIRE_BROWSER=1 make test", "make lint"]
    assert os.access(ROOT / ".ci" / "run", os.X_OK)


def test_an_old_python_is_told_in_one_line_what_is_needed(tmp_path):
    pretend = "import sys; sys.version_info = (3, 10, 0); sys.version = '3.10.0'; sys.argv = ['setup.py', 'run']"
    program = f"{pretend}; import runpy; runpy.run_path({str(ROOT / 'tools' / 'setup.py')!r}, run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", program], env={"PATH": str(tmp_path)}, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "Python 3.11 or newer" in done.stderr


@pytest.mark.django_db
def test_the_health_page_needs_no_sign_in(client):
    answer = client.get("/healthz")

    assert answer.status_code == 200
    broker = "ok" if settings.REDIS_URL else "in-process"
    assert answer.json() == {"version": settings.VERSION, "database": "ok", "broker": broker}


def health(tmp_path, **variables) -> tuple[int, dict]:
    """The health page of a process of its own with other services."""
    program = (
        "import django, json; django.setup(); from django.test import Client; answer = Client().get('/healthz');"
        "print(answer.status_code, json.dumps(answer.json()))"
    )
    given = {"DJANGO_SETTINGS_MODULE": "config.settings", "YINFENG_HOME": str(tmp_path), "YINFENG_DEBUG": "1"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=os.environ | given | {"YINFENG_ALLOWED_HOSTS": "testserver"} | variables,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    status, _, body = done.stdout.partition(" ")
    return int(status), json.loads(body)


def test_the_health_page_says_that_the_database_is_down(tmp_path):
    status, answer = health(tmp_path, DATABASE_URL="postgres://nobody@127.0.0.1:1/none", REDIS_URL="")

    assert status == 503
    assert answer["database"] == "unreachable"


def test_a_broker_out_of_reach_is_reported_and_stops_nobody(tmp_path):
    status, answer = health(tmp_path, DATABASE_URL="", REDIS_URL="redis://127.0.0.1:1/0")

    assert status == 200
    assert answer["broker"] == "unreachable"


@pytest.mark.services
def test_both_services_start_and_are_reported_as_well(tmp_path, postgres_url, valkey_url):
    status, answer = health(tmp_path, DATABASE_URL=postgres_url, REDIS_URL=valkey_url)

    assert (status, answer["database"], answer["broker"]) == (200, "ok", "ok")


@pytest.mark.services
@pytest.mark.django_db
def test_this_run_uses_the_database_it_was_given():
    wanted = "postgresql" if os.environ.get("YINFENG_TEST_DATABASE_URL") else "sqlite"

    assert connection.vendor == wanted


@pytest.mark.django_db
def test_every_page_carries_the_strict_policy(client):
    policy = client.get("/healthz")["Content-Security-Policy"]

    assert "unsafe" not in policy
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "://" not in policy


@pytest.mark.services
def test_no_server_outlives_the_run_that_was_killed(tmp_path):
    program = (
        "import sys, time; from tests import services\n"
        "with services.postgres() as database, services.valkey() as broker:\n"
        "    print(database.rpartition('=')[2], broker.rpartition(':')[2], flush=True); time.sleep(60)"
    )
    run = subprocess.Popen([sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True)
    folder, port = run.stdout.readline().split()
    run.kill()
    run.communicate()

    def is_answered():
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", int(port.partition("/")[0]))) == 0

    # Each server has its own leash, and neither waits for the other.
    until = time.monotonic() + 20
    while (Path(folder).exists() or is_answered()) and time.monotonic() < until:
        time.sleep(0.05)

    assert not Path(folder).exists()
    assert not is_answered()
