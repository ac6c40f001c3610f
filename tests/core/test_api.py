import json

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from rest_framework.test import APIClient

from tests.core.test_paging import make_people

pytestmark = [pytest.mark.urls("tests.core.api_urls"), pytest.mark.django_db]
GOOD_CODE = "91350100M000100Y43"


@pytest.fixture
def api(maker):
    client = APIClient(headers={"accept-language": "en"})
    client.force_authenticate(maker)
    return client


def pledge(api, **given):
    return api.post("/api/people/pledge/", {"total_wan": "6亿", "signed_on": "2024-03-31", **given}, format="json")


@pytest.mark.parametrize(
    ("how", "status", "content"),
    [
        ("rule", 409, {"reasons": ["Too early.", "No such step."], "fields": {"to": ["No such step."]}}),
        ("django", 400, {"reasons": ["username: Taken."], "fields": {"username": ["Taken."]}}),
        ("missing", 404, {"reasons": ["Not found."], "fields": {}}),
        ("mine", 403, {"reasons": ["Only managers verify."], "fields": {}}),
        ("theirs", 403, {"reasons": ["You do not have permission to perform this action."], "fields": {}}),
    ],
)
def test_every_refusal_has_one_shape(api, how, status, content):
    answer = api.post(f"/api/people/fail/{how}/")

    assert (answer.status_code, answer.json()) == (status, content)


@pytest.mark.parametrize(("headers", "status"), [({}, 409), ({"If-Match": '"3"'}, 412)])
def test_a_stale_edit_answers_412_only_to_those_who_named_a_version(api, headers, status):
    answer = api.post("/api/people/fail/stale/", headers=headers)

    assert answer.status_code == status
    assert answer.json()["current"] == {"username": "new"}
    assert answer.json()["reasons"]


def test_a_refusal_rolls_the_request_back(api, settings):
    settings.DATABASES["default"]["ATOMIC_REQUESTS"] = True
    connection.settings_dict["ATOMIC_REQUESTS"] = True
    try:
        api.post("/api/people/fail/rule/")
    finally:
        connection.settings_dict["ATOMIC_REQUESTS"] = False

    assert not get_user_model().objects.filter(username="half-written").exists()


def test_without_a_sign_in_the_answer_names_the_way_in():
    answer = APIClient().get("/api/people/")

    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == "Token"
    assert answer.json()["reasons"]


def test_a_list_is_paged_by_links_and_says_how_many_there_are(api, maker):
    make_people(4)

    first = api.get("/api/people/?limit=3").json()
    second = api.get(first["next"]).json()
    again = api.get(second["previous"]).json()

    assert [len(first["results"]), len(second["results"])] == [3, 2]
    assert (first["count"], first["count_is_capped"]) == (5, False)
    assert (first["previous"], second["next"]) == (None, None)
    assert again["results"] == first["results"]


@pytest.mark.parametrize(
    ("parameter", "said"),
    [
        ("cursor=x", "cursor"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("limit=٣", "limit"),
        ("limit=-1", "limit"),
        ("order=password", "order"),
        ("nammed=x", "nammed"),
        ("active=maybe&nammed=x", "nammed"),
    ],
)
def test_a_list_refuses_parameters_it_does_not_understand_and_names_them(api, parameter, said):
    answer = api.get(f"/api/people/?{parameter}")

    assert answer.status_code == 400
    assert any(said in reason for reason in answer.json()["reasons"])


def test_a_list_takes_the_parameters_it_knows(api, maker):
    assert api.get("/api/people/?named=maker&active=true&order=-last_login&format=json").json()["count"] == 1
    assert api.get("/api/people/?named=nobody").json()["count"] == 0


def test_a_single_record_takes_no_filters(api, maker):
    assert api.get(f"/api/people/{maker.pk}/").status_code == 200
    assert api.get(f"/api/people/{maker.pk}/?named=x").status_code == 400


@pytest.mark.parametrize("amount", ["6亿", "60000", 60000, 60000.0, "60,000"])
def test_amounts_are_read_as_people_write_them_and_answered_as_text(api, amount):
    answer = pledge(api, total_wan=amount, credit_code=GOOD_CODE.lower())

    assert answer.status_code == 200
    assert answer.json() == {"total_wan": "60000.0000", "signed_on": "2024-03-31", "credit_code": GOOD_CODE}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"total_wan": "约6亿"}, "total_wan"),
        ({"total_wan": -1}, "total_wan"),
        ({"total_wan": True}, "total_wan"),
        ({"total_wan": [1]}, "total_wan"),
        ({"total_wan": 1e300}, "total_wan"),
        ({"total_wan": None}, "total_wan"),
        ({"signed_on": "2024-02-30"}, "signed_on"),
        ({"signed_on": "2024.3.31"}, "signed_on"),
        ({"signed_on": "2024年3月31日"}, "signed_on"),
        ({"signed_on": "2024-03-31T00:00:00"}, "signed_on"),
        ({"signed_on": 20240331}, "signed_on"),
        ({"credit_code": "123"}, "credit_code"),
        ({"parts": [1, "x"]}, "parts"),
        ({"sigend_on": "2024-03-31"}, "sigend_on"),
    ],
)
def test_wrong_input_answers_400_with_a_sentence_that_names_the_field(api, given, field):
    answer = pledge(api, **given)

    assert answer.status_code == 400
    assert list(answer.json()["fields"]) == [field]
    assert answer.json()["reasons"][0].startswith(field)


def test_a_body_that_is_no_json_answers_400(api):
    answer = api.post("/api/people/pledge/", "{", content_type="application/json")

    assert answer.status_code == 400
    assert answer.json()["reasons"]


@pytest.mark.parametrize(
    ("path", "options"),
    [
        ("/api/people/?named=%00", {}),
        ("/api/people/%00/", {}),
        ("/api/people/pledge/", {"data": json.dumps({"note": "a\x00b"}), "content_type": "application/json"}),
        ("/api/people/pledge/", {"data": '{"a\\\\\\u0000": 1}', "content_type": "application/json"}),
        ("/api/people/pledge/", {"data": "note=a%00b", "content_type": "application/x-www-form-urlencoded"}),
        ("/api/people/pledge/", {"data": {"note": "a\x00b"}}),
    ],
)
def test_a_nul_character_is_refused_wherever_it_hides(path, options):
    client = Client(headers={"accept-language": "en"})
    answer = client.post(path, **options) if options else client.get(path)

    assert answer.status_code == 400
    assert "NUL" in answer.json()["reasons"][0]


@pytest.mark.urls("config.urls")
def test_a_page_refuses_a_nul_character_too():
    assert Client().get("/anything/?q=%00").status_code == 400


def test_a_text_about_the_nul_character_is_no_nul_character(api):
    answer = pledge(api, note="\\u0000 and %00")

    assert answer.status_code == 200
    assert answer.json()["note"] == "\\u0000 and %00"
