"""Signed-in browsers for the pages of companies and leads, in English so that a test can read them."""

import pytest
from django.conf import settings
from django.test import Client


@pytest.fixture
def signed_in():
    """A browser in which this person is signed in: `signed_in(officer)`."""

    def make(person):
        client = Client()
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
        client.force_login(person)
        return client

    return make
