"""Signed-in browsers for the pages of companies and leads, in English so that a test can read them."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.conf import settings
from django.test import Client
from django.utils import translation

from crm import actions

BIG = Decimal(120_000)
"""12 亿元 in 万元: above the threshold of first talks."""


def moment(day):
    """Ten o'clock in the morning of that day, in the parks."""
    return datetime(day.year, day.month, day.day, 2, tzinfo=UTC)


@pytest.fixture
def english():
    """Refusals in English, so that a test can read them."""
    with translation.override("en"):
        yield


@pytest.fixture
def signed_in():
    """A browser in which this person is signed in: `signed_in(officer)`."""

    def make(person):
        client = Client()
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        client.force_login(person)
        return client

    return make


@pytest.fixture
def register(make_lead, pdf, at, officer):
    """A first talk of the cast's park with a paper: `register()`; `register(lead, amount_wan=…)`."""

    def make(lead=None, **given):
        lead = lead or make_lead()
        fields = {"first_contact_on": date(2024, 4, 2), "file": pdf("纪要.pdf"), "amount_wan": BIG, "at": at, **given}
        return actions.register_first_talk(lead, **{"by": officer, **fields})

    return make


@pytest.fixture
def rival(outsider, other_park, at, pdf):
    """The other park registers its own first talk with the same investor under another spelling of its name."""

    def make(name="贝斯兰有限公司", **given):
        lead = actions.register_lead(
            park=other_park, company_name=name, is_another=True, received_on=date(2024, 4, 3), at=at, by=outsider
        )
        fields = {"first_contact_on": date(2024, 4, 5), "file": pdf("来访.pdf"), "amount_wan": BIG, "at": at, **given}
        return actions.register_first_talk(lead, **{"by": outsider, **fields})

    return make


@pytest.fixture
def protected(register, manager, at):
    """In force from 18 April 2024."""

    def make(*args, **given):
        talk = register(*args, **given)
        return actions.verify_first_talk(talk, is_accepted=True, at=given.get("at", at), by=manager)

    return make
