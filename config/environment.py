"""Read the environment; the only place that knows how a variable becomes a value, and which variables exist."""

import os
from pathlib import Path

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


class BadSetting(SystemExit):
    """A value nobody can use; ends the program with one line instead of a traceback."""


class Environment:
    """The process environment over an optional `.env` file; the process wins.

    `.names` collects what was asked for, so that a test can compare it with `.env.example`.
    """

    def __init__(self, file: Path, process: os._Environ | dict[str, str] | None = None) -> None:
        self.names: set[str] = set()
        self._values = _read_file(file) | dict(os.environ if process is None else process)

    def text(self, name: str, default: str = "") -> str:
        self.names.add(name)
        return self._values.get(name, "").strip() or default

    def flag(self, name: str, *, default: bool) -> bool:
        value = self.text(name).lower()
        if not value:
            return default
        if value not in TRUE | FALSE:
            raise BadSetting(f"{name} must be 1 or 0, not {value!r}.")
        return value in TRUE

    def number(self, name: str, default: int) -> int:
        value = self.text(name, str(default))
        try:
            return int(value)
        except ValueError:
            raise BadSetting(f"{name} must be a whole number, not {value!r}.") from None

    def listed(self, name: str) -> list[str]:
        """Values separated by commas; nothing set means an empty list."""
        return [part.strip() for part in self.text(name).split(",") if part.strip()]


def _read_file(file: Path) -> dict[str, str]:
    if not file.is_file():
        return {}
    values = {}
    for line in file.read_text(encoding="utf-8").splitlines():
        name, separator, value = line.strip().partition("=")
        if separator and not name.startswith("#"):
            values[name.strip()] = value.strip().strip("\"'")
    return values
