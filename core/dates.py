"""How days are read, and where one day ends and the next begins: in the park, in China."""

import calendar
import re
import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils.translation import gettext

PARK_ZONE = ZoneInfo("Asia/Shanghai")
EARLIEST_YEAR = 1900
LATEST_YEAR = 2100

_WRITTEN = re.compile(
    r"([0-9]{4})(?:-([0-9]{2})-([0-9]{2})|([./])([0-9]{1,2})\4([0-9]{1,2})|年([0-9]{1,2})月([0-9]{1,2})[日号])"
)


def parse_day(text: str) -> date:
    """Read 2024-03-31, 2024.3.31, 2024/3/31 or 2024年3月31日; ValueError says in a sentence what is wrong."""
    typed = str(text).strip()
    written = _WRITTEN.fullmatch(re.sub(r"\s+", "", unicodedata.normalize("NFKC", typed[:40])))
    if written is None:
        raise ValueError(
            gettext("“%(typed)s” is not a date. Write it as 2024-03-31 or 2024年3月31日.") % {"typed": typed[:40]}
        )
    year, month, day = (int(number) for number in written.groups() if number and number.isdigit())
    try:
        read = date(year, month, day)
    except ValueError:
        raise ValueError(gettext("The date %(typed)s does not exist.") % {"typed": typed}) from None
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        raise ValueError(
            gettext("The year must lie between %(earliest)s and %(latest)s.")
            % {"earliest": EARLIEST_YEAR, "latest": LATEST_YEAR}
        )
    return read


def month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def month_ends(until: date, count: int) -> list[date]:
    """`count` days, oldest first: the ends of the months before, and `until` itself as the last one."""
    days = [until] if count > 0 else []
    while len(days) < count:
        days.append(days[-1].replace(day=1) - timedelta(days=1))
    return days[::-1]


def local_day(moment: datetime) -> date:
    """The day in the park on which `moment` falls."""
    _must_know_its_zone(moment)
    return moment.astimezone(PARK_ZONE).date()


def local_time(moment: datetime) -> datetime:
    _must_know_its_zone(moment)
    return moment.astimezone(PARK_ZONE)


def day_start(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=PARK_ZONE).astimezone(UTC)


def day_end(day: date) -> datetime:
    """24:00 of `day` in the park; what was recorded *before* it was known that day."""
    return day_start(day + timedelta(days=1))


def _must_know_its_zone(moment: datetime) -> None:
    if moment.tzinfo is None:
        raise ValueError(f"{moment!r} does not say its time zone")
