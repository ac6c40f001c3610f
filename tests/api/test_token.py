"""How a program gets its token, and when it does not."""

import pytest
from django.utils.translation import gettext

from parks.actions import reset_password

PASSWORD = "Nest-for-2-phoenixes"


@pytest.mark.parametrize("kind", ["json", "multipart"])
def test_name_and_password_give_a_token_that_opens_the_api(api, officer, kind):
    answer = api().post("/token/", {"username": "officer", "password": PASSWORD}, format=kind)

    assert answer.status_code == 200
    caller = api()
    caller.credentials(HTTP_AUTHORIZATION=f"Token {answer.json()['token']}")
    assert caller.get("/projects/").status_code == 200


def test_the_same_person_gets_the_same_token(api, officer):
    tokens = {api().post("/token/", {"username": "officer", "password": PASSWORD}).json()["token"] for _ in range(2)}

    assert len(tokens) == 1


@pytest.mark.parametrize(
    "said", [{"username": "officer", "password": "wrong"}, {"username": "nobody", "password": "x"}]
)
def test_a_wrong_password_and_a_wrong_name_get_the_same_answer(api, officer, said):
    answer = api().post("/token/", said)

    assert answer.status_code == 400
    assert answer.json()["reasons"] == [gettext("User name or password is wrong.")]


def test_after_five_failures_even_the_right_password_waits(api, officer):
    for _time in range(5):
        api().post("/token/", {"username": "officer", "password": "wrong"})

    answer = api().post("/token/", {"username": "officer", "password": PASSWORD})

    assert answer.status_code == 429
    assert answer.json()["reasons"]
    assert int(answer["Retry-After"]) > 0


def test_whoever_must_choose_a_password_first_gets_no_token(api, officer):
    officer.must_change_password = True
    officer.save()

    answer = api().post("/token/", {"username": "officer", "password": PASSWORD})

    assert answer.status_code == 400
    assert "token" not in answer.json()


def test_a_new_password_ends_the_old_token(api, officer, admin, park, at):
    caller = api(officer)
    assert caller.get("/projects/").status_code == 200

    reset_password(officer, password="Another-nest-for-3", park=park, at=at, by=admin)

    assert caller.get("/projects/").status_code == 401


@pytest.mark.parametrize("said", [{}, {"username": "officer"}, {"username": ["officer"], "password": {}}, [], "text"])
def test_half_a_sign_in_is_refused(api, officer, said):
    answer = api().post("/token/", said, format="json")

    assert answer.status_code == 400
    assert answer.json()["reasons"]
