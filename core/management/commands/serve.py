"""Serve the site: prepare the database, load the demo on its first start, and work off background jobs."""

import contextlib
import ipaddress
import logging
import os
import signal
import socket
import threading

from celery import beat, current_app
from celery.worker import WorkController
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command, get_commands
from django.core.management.base import BaseCommand, CommandError
from django.core.wsgi import get_wsgi_application
from django.db import connections
from gunicorn.app.base import BaseApplication

from core.search.index import is_empty as search_is_empty

ACCOUNTS_FILE = "demo-accounts.txt"


class Command(BaseCommand):
    help = "Prepare the database and serve the site; in demo mode on the loopback address only."

    def handle(self, **options) -> None:
        host, port = settings.BIND_HOST, settings.BIND_PORT
        refuse_unsafe_address(host)
        refuse_split_memory_broker()
        refuse_taken_port(host, port)
        call_command("migrate", verbosity=0, interactive=False)
        refuse_demo_accounts()
        keep_private()
        settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
        if settings.SECURE:
            call_command("collectstatic", verbosity=0, interactive=False)
        if settings.DEMO and not get_user_model().objects.exists() and "load_demo" in get_commands():
            self.stdout.write("Loading the demo data (first start only)")
            self.stdout.flush()
            call_command("load_demo")
        if search_is_empty():
            # Of a database from before there was an index; with nothing recorded yet it takes no time.
            call_command("rebuild_search")
        # The web process is a fork of this one and must not share its connections.
        connections.close_all()
        Server(host, port, greeting=self._greet).run()

    def _greet(self) -> None:
        self.stdout.write(f"Yinfeng {settings.VERSION} is ready: http://{settings.BIND_HOST}:{settings.BIND_PORT}/")
        accounts = settings.HOME / ACCOUNTS_FILE
        if settings.DEMO and accounts.is_file():
            self.stdout.write(accounts.read_text(encoding="utf-8").rstrip())
            self.stdout.write(f"(kept in {accounts})")
        self.stdout.write("Ctrl-C stops it.")
        self.stdout.flush()


class Server(BaseApplication):
    """Gunicorn with threads; without a Redis server, its one web process also carries the Celery worker and clock."""

    def __init__(self, host: str, port: int, *, greeting) -> None:
        self.address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        self.greeting = greeting
        super().__init__()

    def load_config(self) -> None:
        choices = {
            "bind": self.address,
            "worker_class": "gthread",
            "workers": settings.WEB_WORKERS,
            "threads": settings.WEB_THREADS,
            "timeout": 120,
            "graceful_timeout": 10,
            "keepalive": 5,
            "loglevel": "warning",
            "control_socket_disable": True,
            "post_worker_init": self._worker_is_ready,
            "worker_exit": leave_at_once,
        }
        for name, value in choices.items():
            self.cfg.set(name, value)

    def load(self):
        return get_wsgi_application()

    def _worker_is_ready(self, worker) -> None:
        # Ctrl-C reaches every process of the terminal, and the parent passes it on as SIGQUIT: hearing it twice, one
        # handler inside the other, would lock this process up in the thread pool it is closing.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if not settings.REDIS_URL:
            start_background_work()
        # A web process that replaces a lost one does not greet again.
        if worker.age == 1:
            self.greeting()


def start_background_work() -> None:
    """Work off tasks and tick the clock inside this process; work cut off by its end is found again by its row."""
    app = current_app._get_current_object()
    app.loader.import_default_modules()
    worker = WorkController(app=app, pool="solo", without_gossip=True, without_mingle=True, without_heartbeat=True)
    threading.Thread(target=worker.start, name="celery-worker", daemon=True).start()
    clock = beat.EmbeddedService(app, thread=True, scheduler_cls="celery.beat:Scheduler")
    clock.start()


def leave_at_once(server, worker) -> None:
    """Requests are answered by now; a background job must not hold the end up, because it will be taken up again."""
    # Gunicorn also calls this in the parent, for a worker that is gone already.
    if os.getpid() == worker.pid:
        logging.shutdown()
        os._exit(0)


def refuse_unsafe_address(host: str) -> None:
    """SECURITY: demo mode has known accounts, debug mode shows the program, and neither has https."""
    if settings.SECURE or is_loopback(host):
        return
    mode = "Demo" if settings.DEMO else "Debug"
    raise CommandError(
        f"{mode} mode serves on the loopback address only, not on {host}. "
        f"To serve others, set YINFENG_DEMO=0, YINFENG_DEBUG=0 and a YINFENG_HOME of their own."
    )


def keep_private() -> None:
    """SECURITY: the home may have existed before us; nobody but its owner reads the database and the documents."""
    # A mounted folder may belong to somebody else, who then decides.
    with contextlib.suppress(PermissionError):
        settings.HOME.chmod(0o700)
    database = settings.HOME / "yinfeng.sqlite3"
    for file in (database, database.with_name("yinfeng.sqlite3-wal"), database.with_name("yinfeng.sqlite3-shm")):
        if file.exists():
            file.chmod(0o600)


def refuse_demo_accounts() -> None:
    """SECURITY: a database made in demo mode has accounts whose password was printed."""
    left = 0 if settings.DEMO else get_user_model().objects.filter(is_demo=True, is_active=True).count()
    if left:
        raise CommandError(
            f"{left} demo accounts are still open in {settings.HOME}. Outside demo mode close them first: "
            "manage.py close_demo_accounts; or set another YINFENG_HOME."
        )


def refuse_split_memory_broker() -> None:
    if settings.WEB_WORKERS > 1 and not settings.REDIS_URL:
        raise CommandError("More than one web process needs REDIS_URL: the in-process queue belongs to one process.")


def refuse_taken_port(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except (OSError, OverflowError) as problem:
            raise CommandError(
                f"Cannot serve on {host}:{port} ({problem}). Choose another: make run PORT=8001"
            ) from None


def is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
