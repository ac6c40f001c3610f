"""The site in its production form with a home of its own; the database is chosen by YINFENG_BENCH_DATABASE."""

import os
import tempfile
from pathlib import Path

_named = os.environ.get("YINFENG_BENCH_HOME") or os.environ.get("YINFENG_HOME")
BENCH_HOME = (Path(_named) if _named else Path(tempfile.gettempdir()) / f"yinfeng-{os.getuid()}").resolve() / "bench"
# What a developer has in the shell or in .env must not change what is measured.
for _name in [name for name in os.environ if name.startswith("YINFENG_") and "_TEST_" not in name]:
    if "_BENCH_" not in _name:
        del os.environ[_name]
os.environ["YINFENG_BENCH_HOME"] = str(BENCH_HOME.parent)
os.environ |= {
    "YINFENG_HOME": str(BENCH_HOME),
    "YINFENG_DEBUG": "0",
    "YINFENG_DEMO": "0",
    "YINFENG_SSL_REDIRECT": "0",
    "YINFENG_ALLOWED_HOSTS": "127.0.0.1",
    "YINFENG_LOG_LEVEL": "ERROR",
}
POSTGRESQL = os.environ.get("YINFENG_BENCH_DATABASE") == "postgresql"
# SQLite is measured as the program runs without any other service.
os.environ["DATABASE_URL"] = os.environ.get("YINFENG_TEST_DATABASE_URL", "") if POSTGRESQL else ""
os.environ["REDIS_URL"] = os.environ.get("YINFENG_TEST_REDIS_URL", "") if POSTGRESQL else ""

from config.settings import *  # noqa: E402, F403
from config.settings import MIDDLEWARE, TEMPLATES  # noqa: E402

ROOT_URLCONF = "tests.bench.urls"
MIDDLEWARE = ["tests.bench.floors.CountQueries", *MIDDLEWARE]
TEMPLATES[0]["DIRS"].append(Path(__file__).parent / "templates")
