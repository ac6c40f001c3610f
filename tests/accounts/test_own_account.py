"""What people change about their own sign-in, and that nobody else can."""

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from accounts import actions
from core.errors import RuleViolation
from core.models import AuditEntry

OLD = "Nest-for-2-phoenixes"
NEW = "Plane-tree-24-branches"


def change(client, old=OLD, new=NEW, again=None):
    return client.post("/account/password/", {"old": old, "new": new, "again": new if again is None else again})


def test_a_new_password_works_and_this_browser_stays_signed_in(client, officer):
    client.force_login(officer)
    elsewhere = Client()
    elsewhere.force_login(officer)

    answer = change(client)

    assert answer.url == reverse("home")
    officer.refresh_from_db()
    assert officer.check_password(NEW)
    assert client.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302


def test_the_trace_of_a_password_change_names_the_deed_and_not_the_password(client, officer):
    client.force_login(officer)

    change(client)

    entry = AuditEntry.objects.get(verb="accounts.change_password")
    assert (entry.by, entry.subject_id) == (officer, officer.pk)
    assert NEW not in str(entry.changes)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"old": "not-mine-at-all"}, "当前密码不对"),
        ({"new": "12345678901234"}, "数字"),
        ({"new": "Short-1"}, "10"),
        ({"new": OLD}, "不能与当前密码相同"),
        ({"again": "Another-one-altogether"}, "两次输入的新密码不一致"),
    ],
)
def test_a_refused_password_says_why_beside_the_field_and_nothing_changes(client, officer, sent, said):
    client.force_login(officer)

    answer = change(client, **sent)

    assert answer.status_code == 200
    assert said in answer.text
    officer.refresh_from_db()
    assert officer.check_password(OLD)
    assert not AuditEntry.objects.exists()


def test_a_person_with_a_given_password_reaches_nothing_before_choosing_their_own(client, officer):
    officer.must_change_password = True
    officer.save()
    client.force_login(officer)

    before = client.get("/account/")
    page = client.get("/account/password/")
    change(client)
    after = client.get("/account/")

    assert before.url == "/account/password/"
    assert "由他人设置" in page.text
    assert after.status_code == 200


def test_the_theme_is_kept_and_marks_the_page(client, officer):
    client.force_login(officer)

    client.post("/theme/", {"theme": "dark", "next": "/account/"})

    officer.refresh_from_db()
    assert officer.theme == "dark"
    assert 'data-theme="dark"' in client.get("/account/").text


def test_an_unknown_theme_is_refused(client, officer):
    client.force_login(officer)

    assert client.post("/theme/", {"theme": "pink"}).status_code == 400
    officer.refresh_from_db()
    assert officer.theme == "auto"


def test_a_profile_edit_leaves_a_trace_of_what_changed(client, officer):
    client.force_login(officer)

    client.post("/account/", {"full_name": "林知微", "email": ""})

    officer.refresh_from_db()
    assert officer.full_name == "林知微"
    assert AuditEntry.objects.get().changes == {"full_name": ["林知遥", "林知微"]}


def test_a_refused_profile_keeps_what_was_typed_and_the_name_in_the_head(client, officer):
    client.force_login(officer)

    answer = client.post("/account/", {"full_name": "林知微", "email": "not an address"})

    assert answer.status_code == 200
    assert 'value="not an address"' in answer.text
    assert "林知遥" in answer.text
    assert not AuditEntry.objects.exists()


def test_nobody_changes_the_account_of_somebody_else(officer, colleague, at):
    deeds = [
        lambda: actions.change_password(officer, old=OLD, new=NEW, at=at, by=colleague),
        lambda: actions.edit_profile(officer, full_name="x", email="", at=at, by=colleague),
        lambda: actions.choose_theme(officer, theme="dark", by=colleague),
        lambda: actions.choose_language(officer, language="en", by=colleague),
    ]

    for deed in deeds:
        with pytest.raises(PermissionDenied, match="本人"):
            deed()

    officer.refresh_from_db()
    assert (officer.full_name, officer.theme, officer.language) == ("林知遥", "auto", "")
    assert officer.check_password(OLD)


def test_preferences_nobody_offers_are_refused_by_the_action_too(officer):
    with pytest.raises(RuleViolation):
        actions.choose_language(officer, language="tlh", by=officer)
    with pytest.raises(RuleViolation):
        actions.choose_theme(officer, theme="pink", by=officer)


@pytest.mark.parametrize("path", ["/account/", "/account/password/"])
def test_a_visitor_is_sent_to_sign_in_and_back(client, db, path):
    assert client.get(path).url == f"/sign-in/?next={path}"


def test_five_wrong_present_passwords_end_the_session(client, officer):
    client.force_login(officer)

    for _time in range(4):
        assert change(client, old="wrong").status_code == 200
    fifth = change(client, old="wrong")

    assert fifth.url == reverse("accounts:sign-in")
    assert client.get("/account/").status_code == 302
    officer.refresh_from_db()
    assert officer.check_password(OLD)
