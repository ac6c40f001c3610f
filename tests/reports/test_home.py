"""The first page of each role: what is due, missing or waiting, for this person only, on an empty site too."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from crm.actions import advance_lead
from crm.models import Lead
from projects.actions import verify_fact
from projects.lifecycle import Stage
from projects.models import Verdict


@pytest.fixture
def desk(client):
    def open_desk(by):
        client.force_login(by)
        return client.get("/").content.decode()

    return open_desk


ROLES = ["officer", "operator", "manager", "auditor", "admin"]


@pytest.mark.parametrize("role", ROLES)
def test_every_role_has_a_desk_on_an_empty_site_that_names_a_first_step(desk, request, role):
    text = desk(request.getfixturevalue(role))

    assert "我的工作台" in text
    first_steps = {
        "officer": "保存第一条",
        "operator": "还没有项目",
        "manager": "没有待认定",
        "auditor": "还没有任何操作",
        "admin": "录入第一场签约活动",
    }
    assert first_steps[role] in text


def test_the_officer_sees_what_is_due_late_first_and_of_own_leads_only(desk, make_lead, officer, colleague):
    today = timezone.localdate()
    fresh = {"received_on": today, "at": timezone.now()}
    make_lead(company_name="今日公司", next_step="回电", next_step_due_on=today, **fresh)
    make_lead(company_name="迟到公司", next_step="送方案", next_step_due_on=today - timedelta(days=3), **fresh)
    make_lead(company_name="同事公司", next_step="拜访", next_step_due_on=today, owner=colleague, **fresh)

    text = desk(officer)

    due = text.partition('<ul class="due">')[2].partition("</ul>")[0]
    assert due.index("迟到公司") < due.index("今日公司")
    assert "超 3 天" in due
    assert "同事公司" not in text
    assert "剩 1 天" in due  # the clocks of both: respond by tomorrow
    assert "今天到期 1 件，超期 1 件" in text


def test_the_officer_s_open_leads_are_counted_and_added_up(desk, make_lead, officer, at):
    make_lead(company_name="甲公司", intended_investment_wan=Decimal(25000))
    make_lead(company_name="乙公司", intended_investment_wan=Decimal(10000))
    shelved = make_lead(company_name="丙公司", intended_investment_wan=Decimal(90000))
    advance_lead(
        shelved,
        to="shelved",
        effective_on=shelved.received_on,
        note="重复登记",
        shelving_reason="duplicate",
        at=at,
        by=officer,
    )

    text = desk(officer)

    assert "2 条 · 3.5 亿元" in text
    assert "丙公司" not in text


def test_the_four_fields_of_the_desk_make_a_lead(client, officer, park, desk):
    text = desk(officer)
    key = text.partition('name="submission_key" value="')[2].partition('"')[0]
    today = timezone.localdate().isoformat()

    answer = client.post(
        "/leads/new/",
        {
            "submission_key": key,
            "owner": officer.pk,
            "source": "event",
            "received_on": today,
            "park": park.pk,
            "company_name": "海岳精密仪器",
            "intended_investment_wan": "2.5",
            "industry": "C39",
            "contact_name": "",
            "contact_phone": "",
            "next_step_due_on": "",
        },
    )

    lead = Lead.objects.get()
    assert answer.status_code == 302
    assert (lead.company.name, lead.intended_investment_wan, lead.owner) == ("海岳精密仪器", Decimal(25000), officer)
    assert lead.source == "event"
    assert '<input type="radio" name="source" value="event"' in text
    assert "<span>亿元</span>" in text
    for name in ("submission_key", "owner", "source", "received_on", "park", "company_name"):
        assert f'name="{name}"' in text


def test_the_operator_sees_what_the_next_step_lacks_and_what_was_rejected(
    desk, make_signed, operator, manager, outsider, at
):
    project = make_signed(verified=False)
    signing = project.stage_changes.get(to_stage=Stage.SIGNED)
    verify_fact(signing, verdict=Verdict.REJECTED, reason="协议未盖章", at=at, by=manager)

    text = desk(operator)

    assert project.name in text
    assert "缺 2 项" in text
    assert "协议未盖章" in text
    assert project.name not in desk(outsider)


def test_the_manager_sees_the_figures_the_queue_and_the_newest_signings(desk, make_signed, manager):
    make_signed(name="已认定项目")
    make_signed(name="待认定项目", verified=False)

    text = desk(manager)

    assert "1 条上报待认定" in text
    assert text.count("待认定项目") == 2
    assert "50.0" in text


def test_the_manager_s_desk_has_parks_and_the_way_to_another_day(desk, make_signed, manager, park, zone):
    make_signed()

    text = desk(manager)

    parks = text.partition("tbl tight num parks")[2].partition("</table>")[0]
    assert f'href="/board/?park={park.code}"' in parks
    assert f"of={park.code}" in parks
    assert f'?park={zone.code}"' not in parks
    assert 'action="/board/"' in text
    assert re.search(r'href="/board/\?as_of=\d{4}-12-31"', text)


def test_the_auditor_reads_the_newest_deeds_in_words(desk, make_lead, auditor, outsider):
    make_lead(company_name="甲公司")

    assert "登记线索" in desk(auditor)
    assert "甲公司" not in desk(outsider)


def test_the_administrator_sees_parks_people_and_what_setting_up_lacks(desk, admin, person):
    person("nobody")

    text = desk(admin)

    assert "有 1 人还没有任何园区的角色" in text


@pytest.mark.parametrize("role", ROLES)
def test_a_desk_takes_few_queries_however_full_it_is(
    client, request, role, make_lead, make_signed, django_assert_max_num_queries
):
    person = request.getfixturevalue(role)
    client.force_login(person)
    counts = []
    for number in (2, 7):
        for each in range(number):
            make_lead(company_name=f"公司{number}-{each}", next_step="回电", next_step_due_on=timezone.localdate())
            make_signed(name=f"项目{number}-{each}", verified=False)
        for path in ("/", "/desk/rail/"):
            client.get(path)
            with django_assert_max_num_queries(13) as asked:
                client.get(path)
            counts.append(len(asked))

    assert counts[:2] == counts[2:]
