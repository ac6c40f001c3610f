"""What is due as an iCalendar file, for the calendar program on a phone."""

from datetime import timedelta
from urllib.parse import urlsplit

from django.utils.translation import gettext
from icalendar import Calendar, Event

from core.privacy import veiled

HOURS_BETWEEN_FETCHES = 1


def calendar_of(rows, *, site_url, at):
    """The rows (crm.desk_due.Due) that have a day, each as an event of that whole day; numbers of people are masked."""
    host = urlsplit(site_url).hostname or "localhost"
    calendar = Calendar()
    calendar.add("prodid", "-//Yinfeng//Due//")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", gettext("Yinfeng: what is due"))
    calendar.add("refresh-interval", timedelta(hours=HOURS_BETWEEN_FETCHES), parameters={"VALUE": "DURATION"})
    for row in rows:
        if row.due_on is not None:
            calendar.add_component(_event(row, host, site_url, at))
    return calendar.to_ical()


def _event(row, host, site_url, at):
    event = Event()
    event.add("uid", f"{row.key}@{host}")
    event.add("dtstamp", at)
    event.add("dtstart", row.due_on)
    event.add("dtend", row.due_on + timedelta(days=1))
    event.add("summary", veiled(_summary(row)))
    event.add("url", f"{site_url}{row.link}")
    event.add("transp", "TRANSPARENT")
    return event


def _summary(row):
    if row.face is None:
        return " · ".join(filter(None, [row.name, row.text]))
    said = f"{row.face.name} · {row.name}"
    return gettext("%(what)s (provisional)") % {"what": said} if row.face.is_provisional else said
