"""What a refusal leaves in the log."""

import logging
import sys

from config.logs import OneLineRefusals


def told(**more):
    try:
        raise PermissionError("no")
    except PermissionError:
        record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Forbidden: /x/", (), sys.exc_info())
    record.__dict__.update(more)
    assert OneLineRefusals().filter(record)
    return logging.Formatter().format(record)


def test_a_refusal_is_one_line_and_a_crash_keeps_its_traceback():
    assert told(status_code=403) == "Forbidden: /x/"
    assert "Traceback" in told(status_code=500)
    assert "Traceback" in told()
