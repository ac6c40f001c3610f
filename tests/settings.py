"""The site's settings with a home of its own for each test process, and with real services when a run provides them."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

_home = Path(tempfile.mkdtemp(prefix="yinfeng-test-"))
atexit.register(shutil.rmtree, _home, ignore_errors=True)
# What a developer has in the shell or in .env must not change what the tests prove.
for _name in [name for name in os.environ if name.startswith("YINFENG_") and not name.startswith("YINFENG_TEST_")]:
    if _name != "YINFENG_REQUIRE_BROWSER":
        del os.environ[_name]
os.environ["YINFENG_HOME"] = str(_home)
os.environ["YINFENG_DEBUG"] = "0"
os.environ["YINFENG_DEMO"] = "1"
os.environ["YINFENG_DEMO_PASSWORD"] = "Only-for-tests-1"
os.environ["YINFENG_LOG_LEVEL"] = "WARNING"
os.environ["DATABASE_URL"] = os.environ.get("YINFENG_TEST_DATABASE_URL", "")
os.environ["REDIS_URL"] = os.environ.get("YINFENG_TEST_REDIS_URL", "")

from config.settings import *  # noqa: E402, F403
from config.settings import DATABASE_URL, DATABASES, STATIC_ROOT  # noqa: E402

# WhiteNoise warns of a missing folder, and a warning is an error here.
STATIC_ROOT.mkdir()

# A file like the real one: threads then meet its locks and its WAL, which an in-memory database does not have.
if not DATABASE_URL:
    DATABASES["default"]["TEST"] = {"NAME": str(_home / "test.sqlite3")}
# A connection kept by a thread of a live server would stop the test database from being dropped.
DATABASES["default"]["CONN_MAX_AGE"] = 0

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
