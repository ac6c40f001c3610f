"""Keep one generated secret key per installation, so that a restart does not sign everyone out."""

import contextlib
import os
import secrets
from pathlib import Path


def kept_secret_key(file: Path) -> str:
    """The key in `file`, made on first use and readable by its owner only."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    # Linking a finished file into place is atomic: two processes starting together agree on one key.
    if not file.exists():
        draft = file.with_name(f"{file.name}.{os.getpid()}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_urlsafe(50))
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)
        draft.unlink()
    return file.read_text().strip()
