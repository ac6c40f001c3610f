import pytest
from django.contrib.auth import get_user_model
from django.http import QueryDict

from tests.core.api_urls import PersonFilter


def filtered(address):
    return PersonFilter(QueryDict(address), queryset=get_user_model().objects.all())


@pytest.mark.parametrize(
    "address", ["", "named=maker", "named=maker&cursor=x&order=-id&limit=5", "active=true&export=csv"]
)
def test_known_filters_and_the_words_of_paging_are_taken(maker, address):
    assert list(filtered(address).qs) == [maker]


@pytest.mark.parametrize(("address", "said"), [("nammed=maker", "nammed"), ("named=maker&%3Cb%3E=1", "<b>")])
def test_an_unknown_filter_shows_no_rows_rather_than_wrong_ones(maker, address, said):
    people = filtered(address)

    assert list(people.qs) == []
    assert said in people.form.non_field_errors()[0]
