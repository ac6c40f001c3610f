"""Notices: told once to each person, seen and marked by that person alone, mailed at most once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import gettext_lazy, override

from core.mail import MOST_ATTEMPTS, mail_notices
from core.models import Notice
from core.notices import Told, notice_kind, shown, tell, tell_all, unread_count

# A text the catalogue has, so that both languages can be read.
notice_kind("tests.due", gettext_lazy("The date %(typed)s does not exist."))


def told(person, key="lead:1", *, day="2024-04-18", at, url="/leads/1/"):
    tell(person, kind="tests.due", key=key, params={"typed": day}, url=url, at=at)
    return Notice.objects.get(recipient=person, key=key)


def test_a_key_is_told_once_to_each_person(officer, colleague, at):
    first = told(officer, at=at)
    told(officer, day="2024-05-01", at=at + timedelta(days=1))
    told(colleague, at=at)

    assert Notice.objects.count() == 2
    first.refresh_from_db()
    assert (first.made_at, first.params) == (at, {"typed": "2024-04-18"})


def test_many_are_told_at_once_and_again_without_doubling(officer, colleague, at):
    crowd = [
        Told(person.pk, "tests.due", f"lead:{n}", {"typed": date(2024, 4, 18)}, "")
        for n in range(600)
        for person in (officer, colleague)
    ]

    tell_all(crowd, at=at)
    tell_all(crowd[::-1], at=at)

    assert Notice.objects.count() == 1200
    assert Notice.objects.filter(params={"typed": "2024-04-18"}).count() == 1200


def test_a_notice_speaks_the_language_of_its_reader(officer, at):
    notice = told(officer, at=at)

    with override("en"):
        assert shown(notice) == "The date 2024-04-18 does not exist."
    with override("zh-hans"):
        assert shown(notice) == "没有 2024-04-18 这一天。"


def test_an_unknown_kind_or_a_gap_in_the_sentence_is_found_when_it_is_told(officer, at):
    with pytest.raises(LookupError):
        tell(officer, kind="tests.unheard", key="x", at=at)
    with pytest.raises(KeyError):
        tell(officer, kind="tests.due", key="x", at=at)
    assert not Notice.objects.exists()


@pytest.mark.django_db(transaction=True)
@pytest.mark.services
def test_eight_tellers_at_once_tell_it_once(officer, at):
    def one(_n):
        try:
            tell_all([Told(officer.pk, "tests.due", f"lead:{n}", {"typed": "x"}) for n in range(50)], at=at)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(8)))

    assert Notice.objects.count() == 50


def test_the_bell_counts_what_is_unread_and_opening_reads_it(client, officer, colleague, at):
    notice, _other = told(officer, at=at), told(officer, "lead:2", at=at)
    client.force_login(officer)

    page = client.get(reverse("core:notice-list")).content.decode()
    assert ">2</b>" in page
    assert page.count("data-unread") == 2

    answer = client.post(reverse("core:notice-open", args=[notice.pk]))
    assert answer.url == "/leads/1/"
    assert unread_count(officer) == 1
    assert client.get(reverse("core:notice-list")).content.decode().count("data-unread") == 1
    assert client.get(reverse("core:notice-list"), {"show": "all"}).content.decode().count("没有 2024-04-18") == 2

    client.post(reverse("core:notice-read-all"))
    assert unread_count(officer) == 0


@pytest.mark.parametrize("url", ["//elsewhere.example/", "/\\elsewhere.example/", "https://elsewhere.example/", ""])
def test_a_notice_leads_to_no_other_site(client, officer, at, url):
    notice = told(officer, url=url, at=at)
    client.force_login(officer)

    assert client.post(reverse("core:notice-open", args=[notice.pk])).url == reverse("core:notice-list")


def test_somebody_elses_notice_is_neither_read_nor_marked(client, officer, colleague, at):
    notice = told(officer, at=at)
    client.force_login(colleague)

    assert client.post(reverse("core:notice-open", args=[notice.pk])).status_code == 404
    client.post(reverse("core:notice-read-all"))
    assert b"lead" not in client.get(reverse("core:notice-list")).content.split(b'id="main"')[1].split(b"</main>")[0]
    assert unread_count(officer) == 1


def test_the_list_costs_the_same_with_two_notices_and_with_twenty_and_the_bell_no_query_of_its_own(client, officer, at):
    client.force_login(officer)
    asked = []
    for number in (2, 20):
        tell_all([Told(officer.pk, "tests.due", f"lead:{n}", {"typed": "x"}) for n in range(number)], at=at)
        client.get("/notices/")
        with CaptureQueriesContext(connection) as queries:
            client.get("/notices/")
        asked.append(len(queries))
    assert asked[0] == asked[1]
    # The person is loaded with their number, and the page lists them.
    assert sum("core_notice" in query["sql"] for query in queries) == 2


def test_the_api_lists_filters_and_marks(client, officer, at):
    notice, _other = told(officer, at=at), told(officer, "lead:2", at=at)
    client.force_login(officer)

    rows = client.get(reverse("notice-list"), HTTP_ACCEPT_LANGUAGE="en").json()["results"]
    assert rows[1]["text"] == "The date 2024-04-18 does not exist."
    assert client.post(reverse("notice-read", args=[notice.pk])).json()["read_at"]
    assert [row["key"] for row in client.get(reverse("notice-list"), {"unread": "true"}).json()["results"]] == [
        "lead:2"
    ]
    assert client.post(reverse("notice-read-all")).json() == {"marked": 1}


@pytest.fixture
def mailing(settings, officer, colleague):
    settings.SENDS_MAIL = True
    settings.SITE_URL = "https://yinfeng.example.org"
    for person, address in ((officer, "officer@example.org"), (colleague, "nobody@example.org")):
        person.email = address
        person.save()
    return settings


def test_nothing_is_mailed_where_no_server_is_named(mailing, officer, at):
    mailing.SENDS_MAIL = False
    told(officer, at=at)

    assert mail_notices(now=at) == 0
    assert mail.outbox == []


def test_one_mail_holds_all_that_is_unread_and_goes_out_once(mailing, officer, at):
    told(officer, at=at)
    told(officer, "lead:2", at=at)

    assert mail_notices(now=at) == 1
    assert mail_notices(now=at + timedelta(minutes=5)) == 0

    (sent,) = mail.outbox
    assert sent.to == ["officer@example.org"]
    assert sent.subject == "引凤：2 条提醒"
    assert sent.body.count("https://yinfeng.example.org/leads/1/") == 2
    assert "没有 2024-04-18 这一天" in sent.body


def test_what_is_read_old_or_meant_for_a_closed_account_or_no_address_is_not_mailed(
    mailing, officer, colleague, manager, at
):
    told(manager, at=at)  # no address
    told(officer, "old", at=at - timedelta(days=2, seconds=1))
    told(officer, "read", at=at)
    Notice.objects.filter(key="read").update(read_at=at)
    told(colleague, at=at)
    colleague.is_active = False
    colleague.save()

    assert mail_notices(now=at) == 0
    told(officer, "just in time", at=at - timedelta(days=2))
    assert mail_notices(now=at) == 1


def test_a_server_out_of_reach_is_tried_again_for_as_long_as_the_notice_is_worth_it(mailing, officer, at):
    told(officer, at=at)
    reachable = mailing.EMAIL_BACKEND
    mailing.EMAIL_BACKEND = "tests.core.mailboxes.OutOfReach"
    for minutes in range(MOST_ATTEMPTS + 3):
        assert mail_notices(now=at + timedelta(minutes=minutes)) == 0

    mailing.EMAIL_BACKEND = reachable
    assert mail_notices(now=at + timedelta(hours=5)) == 1
    assert len(mail.outbox) == 1


def test_a_refused_address_keeps_nobody_else_waiting_and_is_given_up_after_some_attempts(
    mailing, officer, colleague, at
):
    mailing.EMAIL_BACKEND = "tests.core.mailboxes.RefusingOne"
    refused = told(colleague, at=at)
    told(officer, at=at)

    for minutes in range(MOST_ATTEMPTS + 3):
        mail_notices(now=at + timedelta(minutes=minutes))

    refused.refresh_from_db()
    assert (refused.mailed_at, refused.mail_attempts) == (None, MOST_ATTEMPTS)
    assert [sent.to for sent in mail.outbox] == [["officer@example.org"]]


@pytest.mark.django_db(transaction=True)
@pytest.mark.services
def test_eight_workers_mail_each_notice_once(mailing, officer, at):
    for n in range(12):
        told(officer, f"lead:{n}", at=at)

    def one(_n):
        try:
            mail_notices(now=at)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(8)))

    assert sum(sent.body.count("/leads/1/") for sent in mail.outbox) == 12
