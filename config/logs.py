"""What the log tells: a refused request in one line, because only a crash needs its traceback, and nobody's number."""

import logging
import re


class OneLineRefusals(logging.Filter):
    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "status_code", 500) < 500:
            record.exc_info = record.exc_text = None
        return True


# SECURITY: whoever knows such an address reads the calendar, and Django logs the address of what it refuses.
_PRIVATE_CALENDAR = re.compile(r"(/calendar/)[^\s/?#]+?(\.ics)")


class Masking(logging.Formatter):
    """Writes every line, tracebacks included, with telephone numbers, addresses and identity numbers in part."""

    def format(self, record: logging.LogRecord) -> str:
        from core.privacy import veiled  # not above: logging begins before the settings are complete

        return veiled(_PRIVATE_CALENDAR.sub(r"\1***\2", super().format(record)))
