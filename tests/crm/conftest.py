"""Signed-in browsers for the pages of companies and leads, in English so that a test can read them."""

import pytest
from django.test import Client


@pytest.fixture
def signed_in():
    """A browser in which this person is signed in: `signed_in(officer)`."""

    def make(person=None):
        client = Client(headers={"accept-language": "en"})
        if person:
            person.language = "en"
            person.save(update_fields=["language"])
            client.force_login(person)
        return client

    return make
