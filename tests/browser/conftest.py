"""Chromium on the live site: a watched page fails its test on an outside request, console error or broken policy."""

import os
from urllib.parse import urlsplit

import pytest

# Playwright keeps an event loop in this thread; Django would take that for asynchronous code and refuse the database.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

PASSWORD = "Nest-for-2-phoenixes"
WIDTHS = {"office": (1440, 900), "phone": (390, 844)}


class Watch:
    """What the browser complained about and where it asked, besides our own server."""

    def __init__(self, page, host):
        self.host = host
        self.outside = []
        self.complaints = []
        self.expected = []
        page.on("request", self._asked)
        page.on("console", self._said)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _asked(self, request):
        address = urlsplit(request.url)
        if address.scheme not in ("data", "blob", "about") and address.netloc != self.host:
            self.outside.append(request.url)

    def _said(self, message):
        if message.type in ("error", "warning"):
            self.complaints.append(message.text)

    def expect(self, *parts):
        """Complaints that belong to the test, e.g. the browser's own note about a status 403."""
        self.expected.extend(parts)

    def unexpected(self):
        return [said for said in self.complaints if not any(part in said for part in self.expected)]


@pytest.fixture(scope="session")
def base_url(live_server):
    return live_server.url


@pytest.fixture
def watch(page, live_server):
    watch = Watch(page, urlsplit(live_server.url).netloc)
    yield watch
    assert watch.outside == []
    assert watch.unexpected() == []


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "viewport": {"width": 1440, "height": 900}, "locale": "en-US"}


@pytest.fixture
def visit(page, watch, live_server):
    """Open a path as a person (once signed in, `None` keeps them): `visit("/account/", officer)`."""

    def go(path, user=None):
        if user is not None:
            page.context.clear_cookies()
            page.goto(live_server.url + "/sign-in/")
            page.fill("[name=username]", user.username)
            page.fill("[name=password]", PASSWORD)
            with page.expect_navigation():
                page.click("button.main")
        page.goto(live_server.url + path)
        return page

    return go


@pytest.fixture
def fits(page):
    """Say which elements stick out of the page at an office and at a phone width; an empty list is good."""

    def stick_out():
        found = []
        for name, (width, height) in WIDTHS.items():
            page.set_viewport_size({"width": width, "height": height})
            over = "document.documentElement.scrollWidth - window.innerWidth"
            # Charts follow a change of width a moment later.
            for _moment in range(30):
                if page.evaluate(over) <= 0:
                    break
                page.wait_for_timeout(100)
            else:
                found.append(f"{name}: {page.evaluate(over)} px")
        return found

    return stick_out
