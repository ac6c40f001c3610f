"""What a refusal leaves in the log."""

import logging
import sys

from config.logs import Masking, OneLineRefusals


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


def test_a_private_calendar_address_is_not_written_down():
    said = "Refused: /calendar/s3cret_W-x9.ics and https://x.example/calendar/s3cret_W-x9.ics?a=1, /account/calendar/"
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, said, (), None)

    told = Masking().format(record)

    assert "s3cret" not in told
    assert told.count("/calendar/***.ics") == 2
    assert told.endswith("?a=1, /account/calendar/")
