"""Read the environment; the only place that knows how a variable becomes a value, and which variables exist."""

import os
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

TRUE = {"1", "true", "yes", "on"}
FALSE = {"0", "false", "no", "off", ""}


class BadSetting(SystemExit):
    """A value nobody can use; ends the program with one line instead of a traceback."""


@dataclass(frozen=True)
class MailServer:
    host: str
    port: int
    user: str
    password: str
    use_ssl: bool
    use_tls: bool


# Scheme: (usual port, TLS from the first byte, STARTTLS).
MAIL_SCHEMES = {"smtp": (25, False, False), "smtp+tls": (587, False, True), "smtps": (465, True, False)}


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

    def mail_server(self, name: str) -> MailServer | None:
        """smtp://, smtp+tls:// or smtps://user:password@host:port; nothing set means that no mail is sent."""
        value = self.text(name)
        if not value:
            return None
        try:
            url = urlsplit(value)
            port, use_ssl, use_tls = MAIL_SCHEMES[url.scheme]
            port = url.port or port
        except (KeyError, ValueError):
            url = urlsplit("")
        if not url.hostname:
            # SECURITY: the value holds a password and is not repeated.
            raise BadSetting(f"{name} must look like smtp+tls://user:password@host:587 (or smtp://, smtps://).")
        user, password = unquote(url.username or ""), unquote(url.password or "")
        return MailServer(url.hostname, port, user, password, use_ssl, use_tls)

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
