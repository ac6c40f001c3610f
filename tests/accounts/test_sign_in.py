"""Signing in and out, the lock after failures, and which language the page speaks."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.test import Client
from django.urls import reverse

PASSWORD = "Nest-for-2-phoenixes"
SIGN_IN = "/sign-in/"


def try_sign_in(client, username, password):
    return client.post(SIGN_IN, {"username": username, "password": password})


def test_the_right_password_opens_the_desk(client, officer):
    answer = try_sign_in(client, "officer", PASSWORD)

    assert answer.status_code == 302
    assert answer.url == reverse("home")
    assert client.session["_auth_user_id"] == str(officer.pk)


def test_a_wrong_password_says_so_beside_the_form_and_not_which_half_was_wrong(client, officer):
    wrong_password = try_sign_in(client, "officer", "wrong")
    unknown_name = try_sign_in(client, "nobody", "wrong")

    for answer in (wrong_password, unknown_name):
        assert answer.status_code == 200
        assert "用户名或密码不对" in answer.text
    assert "_auth_user_id" not in client.session


def test_five_failures_lock_that_name_for_half_an_hour_and_the_page_says_how_long(client, officer):
    for _ in range(4):
        assert try_sign_in(client, "officer", "wrong").status_code == 200

    fifth = try_sign_in(client, "officer", "wrong")
    right = try_sign_in(client, "officer", PASSWORD)

    assert fifth.status_code == right.status_code == 429
    assert "30 分钟后再试" in right.text
    assert 1700 < int(right["Retry-After"]) <= 1800
    assert "_auth_user_id" not in client.session


def test_the_lock_counts_down_and_knocking_does_not_prolong_it(client, officer):
    for _ in range(5):
        try_sign_in(client, "officer", "wrong")
    attempt = AccessAttempt.objects.get(username="officer")
    AccessAttempt.objects.update(attempt_time=attempt.attempt_time - timedelta(minutes=20))

    answer = try_sign_in(client, "officer", "wrong")

    assert answer.status_code == 429
    assert "10 分钟后再试" in answer.text


def test_after_the_lock_the_right_password_works_again(client, officer):
    for _ in range(5):
        try_sign_in(client, "officer", "wrong")
    attempt = AccessAttempt.objects.get(username="officer")
    AccessAttempt.objects.update(attempt_time=attempt.attempt_time - timedelta(minutes=31))

    assert try_sign_in(client, "officer", PASSWORD).status_code == 302


def test_the_lock_of_one_name_leaves_the_others_alone(client, officer, colleague):
    for _ in range(5):
        try_sign_in(client, "officer", "wrong")

    assert try_sign_in(client, "colleague", PASSWORD).status_code == 302


def test_signing_in_from_another_site_is_not_where_one_ends_up(client, officer):
    answer = client.post(
        SIGN_IN, {"username": "officer", "password": PASSWORD, "next": "https://elsewhere.example/steal"}
    )

    assert answer.url == reverse("home")


def test_only_a_post_signs_out(client, officer):
    client.force_login(officer)

    assert client.get("/sign-out/").status_code == 405
    assert "_auth_user_id" in client.session
    assert client.post("/sign-out/").status_code == 302
    assert "_auth_user_id" not in client.session


def test_a_closed_account_cannot_sign_in(client, officer):
    officer.is_active = False
    officer.save()

    answer = try_sign_in(client, "officer", PASSWORD)

    assert answer.status_code == 200
    assert "_auth_user_id" not in client.session


def test_the_page_is_chinese_whatever_the_browser_announces_until_english_is_chosen(client, db):
    first = client.get(SIGN_IN, headers={"accept-language": "en-US,en"})
    client.post("/language/", {"language": "en", "next": SIGN_IN})
    second = client.get(SIGN_IN)

    assert '<html lang="zh-Hans"' in first.text
    assert "演示账号" not in first.text
    assert "用户名" in first.text
    assert '<html lang="en"' in second.text
    assert "User name" in second.text
    assert "用户名" not in second.text


def test_the_language_switch_stays_on_the_page_but_never_leaves_the_site(client, db):
    stays = client.post("/language/", {"language": "en", "next": "/sign-in/?next=/board/"})
    leaves = client.post("/language/", {"language": "en", "next": "//elsewhere.example/"})

    assert stays.url == "/sign-in/?next=/board/"
    assert leaves.url == SIGN_IN


def test_an_unknown_language_is_refused_and_nothing_is_remembered(client, officer):
    client.force_login(officer)

    answer = client.post("/language/", {"language": "tlh", "next": SIGN_IN})

    assert answer.status_code == 400
    assert settings.LANGUAGE_COOKIE_NAME not in answer.cookies
    officer.refresh_from_db()
    assert officer.language == ""


def test_the_chosen_language_follows_the_person_to_another_browser(client, officer):
    client.force_login(officer)
    client.post("/language/", {"language": "en", "next": SIGN_IN})
    elsewhere = Client()

    answer = try_sign_in(elsewhere, "officer", PASSWORD)

    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"


def test_demo_names_are_shown_only_in_demo_mode_and_passwords_never(client, officer, colleague, settings):
    settings.DEMO = True
    officer.is_demo = True
    officer.save()
    demo = client.get(SIGN_IN).text
    settings.DEMO = False
    real = client.get(SIGN_IN).text

    assert "?username=officer" in demo
    assert "?username=colleague" not in demo
    assert settings.DEMO_PASSWORD not in demo
    assert "officer" not in real


def test_a_demo_name_in_the_address_fills_the_form(client, officer):
    assert 'value="officer"' in client.get(SIGN_IN + "?username=officer").text


@pytest.mark.parametrize("path", ["/no/such/page/", "/account/../nothing"])
def test_an_unknown_address_answers_404_in_words(client, db, path):
    answer = client.get(path)

    assert answer.status_code == 404
    assert "没有这个页面" in answer.text


def test_a_form_without_its_token_is_refused_in_words(officer):
    strict = Client(enforce_csrf_checks=True)

    answer = strict.post("/language/", {"language": "en"})

    assert answer.status_code == 403
    assert "表单已过期" in answer.text
