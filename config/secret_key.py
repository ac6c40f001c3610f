"""Keep one generated secret key per installation, so that a restart does not sign everyone out."""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path


def kept_secret_key(file: Path) -> str:
    """The key in `file`, made on first use and readable by its owner only."""
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not file.exists():
        descriptor, draft = tempfile.mkstemp(dir=file.parent)
        with os.fdopen(descriptor, "w") as handle:
            handle.write(secrets.token_urlsafe(50))
        # Linking a finished file into place is atomic: processes starting together agree on one key.
        with contextlib.suppress(FileExistsError):
            os.link(draft, file)
        os.unlink(draft)
    return file.read_text().strip()
