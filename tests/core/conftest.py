"""Two people without any role: core knows no parks, so neither do its tests."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth import get_user_model


@pytest.fixture
def maker(db):
    return get_user_model().objects.create_user("maker", password="Rather-long-1", language="en")


@pytest.fixture
def stranger(db):
    return get_user_model().objects.create_user("stranger", password="Rather-long-1", language="en")


@pytest.fixture
def noon():
    return datetime(2024, 3, 31, 4, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _english():
    from django.utils import translation

    with translation.override("en"):
        yield
