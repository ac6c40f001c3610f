"""The demo: printed totals come out of its rows, what is invented says so, and nobody real is in it."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth import authenticate, get_user_model
from django.core.management import CommandError, call_command
from django.db import transaction

from core.dates import PARK_ZONE, local_day
from core.fields import validate_credit_code
from core.money import from_yi
from core.search.index import rebuild
from core.search.models import SearchEntry
from core.uploads import stored_path
from crm.lifecycle import LeadStage
from crm.models import Company, Contact, Interaction, Lead
from parks.models import Park
from projects.lifecycle import Bucket, Stage, broken_step
from projects.models import (
    Document,
    InvestmentChange,
    ParkChange,
    Project,
    ProjectInteraction,
    ProjectState,
    SigningEntry,
    SigningEvent,
    StageChange,
)
from reports import stage_board
from reports.demo.companies import NAMED
from reports.demo.projects import PLANS
from reports.demo.steps import steps
from reports.question import Question

MARCH, APRIL = date(2024, 3, 31), date(2024, 4, 30)
# Named by the articles in their public roles.
OFFICIALS = [
    "耿涛",
    "贾敬敦",
    "王波",
    "吴卫锋",
    "缪佳",
    "孙婧",
    "孙志娟",
    "张曙光",
    "孙秀莲",
    "郭力泉",
    "陈隆",
    "赵会勇",
    "孙厚强",
    "吴宜灿",
]
SPLIT = {
    # park: 在建, 待开工 (the printed totals, split by us), 投产 (ours)
    "集成电路": ((8, "286.5"), (2, "46.0"), (5, "62.4")),
    "新型显示": ((7, "312.8"), (2, "88.5"), (9, "214.6")),
    "人工智能": ((7, "148.6"), (2, "35.2"), (4, "38.2")),
    "虚拟现实": ((6, "118.3"), (1, "21.6"), (3, "21.5")),
    "生物医药": ((8, "165.2"), (2, "48.7"), (11, "126.8")),
    "精密仪器": ((4, "52.4"), (1, "12.4"), (6, "40.3")),
    "新材料": ((6, "189.3"), (2, "61.5"), (7, "98.7")),
    "氢能储能": ((4, "78.3"), (1, "24.0"), (3, "27.9")),
}
BUCKETS = (Bucket.UNDER_CONSTRUCTION, Bucket.AWAITING_START, Bucket.COMMISSIONED)


@pytest.fixture(scope="module", autouse=True)
def demo(django_db_setup, django_db_blocker):
    """Loaded once for this module, and taken back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        call_command("load_demo", stdout=StringIO())
        yield
        transaction.set_rollback(True)


@pytest.fixture
def who(db):
    return lambda username: get_user_model().objects.get(username=username)


@pytest.fixture
def figures(who):
    """Ask the board: `figures(day)` gives {short name of the park, or "total": ((projects, 亿元) by bucket)}."""

    def ask(as_of, *, by="manager", **asked):
        user = who(by)
        found = stage_board.board(
            ProjectState.objects.visible_to(user), Park.objects.visible_to(user), Question(as_of=as_of, **asked)
        )
        return {row.park.short_name: _pairs(row.figures) for row in found.rows} | {"total": _pairs(found.total)}

    return ask


def _pairs(by_bucket):
    return tuple((by_bucket[bucket].projects, by_bucket[bucket].total_wan) for bucket in BUCKETS)


def yi(*pairs):
    return tuple((number, from_yi(Decimal(amount))) for number, amount in pairs)


# ── the totals ───────────────────────────────────────────────────────────────────────────────────────────────────────


def test_every_account_of_the_demo_is_marked_as_such(db):
    assert not get_user_model().objects.filter(is_demo=False).exists()


def test_the_end_of_march_2024_stands_as_printed(figures):
    under_construction, awaiting_start, _commissioned = figures(MARCH)["专业园区"]

    assert (under_construction, awaiting_start) == yi((50, "1351.4"), (13, "337.9"))
    assert under_construction[0] + awaiting_start[0] == 63
    assert under_construction[1] + awaiting_start[1] == from_yi(Decimal("1689.3"))


@pytest.mark.parametrize("park", SPLIT)
def test_each_park_stands_as_split(figures, park):
    assert figures(MARCH)[park] == yi(*SPLIT[park])


def test_the_two_signings_of_april_raise_the_end_of_april_and_leave_march_alone(figures):
    before, after = figures(MARCH)["专业园区"], figures(APRIL)["专业园区"]

    assert after[1] == yi((15, "352.9"))[0]
    assert (after[0], after[2]) == (before[0], before[2])


def test_the_zone_counts_nothing_outside_the_eight_parks(figures):
    for day in (MARCH, APRIL):
        assert figures(day)["total"] == figures(day)["青岛高新区"] == figures(day)["专业园区"]


def test_the_years_before_are_there_to_compare_with(figures):
    assert figures(date(2023, 12, 31))["total"] == yi((47, "1253.2"), (14, "341.7"), (47, "625.6"))
    assert [amount for _number, amount in figures(date(2023, 3, 31))["total"]] == [
        from_yi(Decimal(amount)) for amount in ("1028.4", "281.7", "498.5")
    ]


def test_every_month_of_the_two_years_before_april_2024_saw_something_move(db):
    months = {
        (state.year, state.month)
        for state in ProjectState.objects.in_basis("verified").known_at(None).values_list("valid_from", flat=True)
    }

    assert {(year, month) for year in (2022, 2023) for month in range(1, 13)} <= months


def test_before_the_correction_of_9_april_march_was_believed_5_yi_smaller(figures):
    then = datetime(2024, 4, 2, 18, tzinfo=PARK_ZONE)

    believed, known = figures(MARCH, known_at=then)["新型显示"], figures(MARCH)["新型显示"]

    assert believed[0] == yi((7, "307.8"))[0]
    assert known[0] == yi((7, "312.8"))[0]
    assert figures(MARCH, known_at=then)["集成电路"] == figures(MARCH)["集成电路"]


def test_the_api_gives_the_published_figures(client, who):
    client.force_login(who("manager"))

    answer = client.get("/api/v1/reports/stage-board/", {"as_of": "2024-03-31"}).json()

    rows = {row["park"]["name"]: row for row in answer["rows"]}
    circuits = rows["青岛市集成电路产业园"]
    assert circuits["under_construction"] == {"projects": 8, "total_investment_wan": "2865000.0000"}
    assert circuits["awaiting_start"] == {"projects": 2, "total_investment_wan": "460000.0000"}
    assert answer["total"]["under_construction"] == {"projects": 50, "total_investment_wan": "13514000.0000"}


# ── what is told about single projects ───────────────────────────────────────────────────────────────────────────────


def _entered(name, stage):
    return StageChange.objects.uncorrected().get(project__name=name, to_stage=stage).effective_on


def test_hanbo_topped_out_ten_days_after_its_signing(db):
    assert _entered("翰博光电生产基地", Stage.TOPPED_OUT) - _entered("翰博光电生产基地", Stage.SIGNED) == timedelta(
        days=10
    )


def test_the_power_module_line_opened_in_september_2023(db):
    assert f"{_entered('智能功率模块（IPM）项目', Stage.COMMISSIONED):%Y-%m}" == "2023-09"


@pytest.mark.parametrize(("investor", "total"), [("合肥贝斯兰", "6.0"), ("科新微电子", "9.0")])
def test_the_april_projects_came_of_leads_whose_history_is_kept(db, investor, total):
    project = Project.objects.get(company__name=investor)

    assert project.total_investment_wan == from_yi(Decimal(total))
    assert f"{project.signed_on:%Y-%m}" == "2024-04"
    assert project.lead.stage == LeadStage.CONVERTED
    assert project.lead.stage_changes.count() == 7
    assert project.lead.interactions.exists()
    assert SigningEntry.objects.with_counted().get(project=project).is_counted


def test_an_increase_adds_its_increment_and_no_project(db):
    project = Project.objects.get(name="车载曲面盖板玻璃")
    at_signing, *_between, later = (
        project.states.in_basis("verified").known_at(None).order_by("valid_from").values_list("total_wan", flat=True)
    )

    assert later - at_signing == from_yi(Decimal(10))
    assert InvestmentChange.objects.filter(project=project, kind="increase").count() == 1


def test_the_demo_shows_each_unusual_turn_once(db):
    assert Project.objects.filter(stage=Stage.PAUSED).count() == 1
    assert Project.objects.filter(stage=Stage.TERMINATED).count() == 1
    assert Project.objects.get(stage=Stage.FRAMEWORK).signed_on is None
    assert StageChange.objects.filter(verdict="rejected").exclude(verdict_reason="").count() == 1
    assert [change.effective_on > APRIL for change in ParkChange.objects.exclude(reason="")] == [True]


def test_several_reports_wait_for_a_verdict_and_none_of_them_for_long(db):
    waiting = [*StageChange.objects.pending(), *InvestmentChange.objects.pending()]
    loaded_on = local_day(Project.objects.latest("recorded_at").recorded_at)

    assert len(waiting) >= 4
    assert all(loaded_on - local_day(fact.recorded_at) < timedelta(days=60) for fact in waiting)


def test_projects_have_conversations_of_late_too(who):
    talks = ProjectInteraction.objects.select_related("project", "interaction")

    assert talks.count() >= 6
    assert all(talk.project.is_synthetic and talk.interaction.is_synthetic for talk in talks)


def test_an_entry_listed_at_a_second_event_does_not_count_again(db):
    entries = SigningEntry.objects.with_counted().filter(project__name="先进封装测试基地").order_by("event__held_on")

    assert [entry.is_counted for entry in entries] == [True, False]
    assert SigningEvent.objects.filter(held_on=date(2019, 12, 13), entries=None).exists()


# ── people, leads, honesty ───────────────────────────────────────────────────────────────────────────────────────────


def test_officer_and_outsider_see_different_projects_and_the_manager_all(who):
    seen = {
        username: set(Project.objects.visible_to(who(username)).values_list("pk", flat=True))
        for username in ("officer", "colleague", "operator", "outsider", "manager", "auditor", "admin")
    }

    assert seen["officer"] == seen["colleague"] == seen["operator"]
    assert seen["officer"]
    assert seen["outsider"]
    assert not seen["officer"] & seen["outsider"]
    assert seen["manager"] == seen["auditor"] == seen["admin"] == seen["officer"] | seen["outsider"]


def test_nobody_of_the_demo_is_a_superuser_and_everybody_can_sign_in(who):
    for username in ("officer", "colleague", "outsider", "operator", "manager", "auditor", "admin"):
        person = who(username)
        assert not person.is_superuser
        assert not person.must_change_password
        assert person.check_password(settings.DEMO_PASSWORD)


def test_leads_stand_in_every_stage_and_some_steps_are_overdue_due_today_and_due_soon(who):
    leads = Lead.objects.visible_to(who("officer"))
    today = Lead.objects.latest("received_on").received_on  # one comes in on the day of loading
    due = set(leads.exclude(next_step_due_on=None).values_list("next_step_due_on", flat=True))

    assert set(Lead.objects.values_list("stage", flat=True)) == set(LeadStage.values)
    assert 38 <= Lead.objects.count() <= 45
    assert min(due) < today
    assert any(timedelta(-1) <= day - today <= timedelta(0) for day in due)
    assert max(due) > today


def test_whatever_total_is_ours_is_labelled_and_the_printed_ones_name_their_source(db):
    printed = Project.objects.filter(is_synthetic=False)

    assert set(printed.values_list("company__name", flat=True)) == {"翰博光电", "合肥贝斯兰", "科新微电子"}
    assert all("青岛日报" in project.source_note for project in printed)
    assert not Company.objects.filter(is_synthetic=False, source_note="").exists()
    assert not Lead.objects.filter(is_synthetic=False, source_note="").exists()
    assert not Park.objects.filter(source_note="").exists()
    assert not Contact.objects.filter(is_synthetic=False).exists()
    assert not Interaction.objects.filter(is_synthetic=False).exists()
    assert not SigningEvent.objects.filter(is_synthetic=False, source_note="").exists()


def test_a_project_with_a_printed_total_does_not_move_further_than_the_article_goes(db):
    moves = StageChange.objects.filter(project__is_synthetic=False)

    assert {change.to_stage for change in moves.filter(effective_on__gt=APRIL)} <= {Stage.REGISTERED, Stage.FILED}


def test_companies_of_the_press_have_no_credit_code_and_invented_codes_name_no_real_place(db):
    assert set(Company.objects.filter(is_synthetic=False).values_list("name", flat=True)) == set(NAMED)
    assert not Company.objects.filter(is_synthetic=False).exclude(credit_code=None).exists()
    codes = [
        *Company.objects.exclude(credit_code=None).values_list("credit_code", flat=True),
        *Project.objects.exclude(legal_entity_code=None).values_list("legal_entity_code", flat=True),
    ]
    assert len(codes) == len(set(codes))
    for code in codes:
        validate_credit_code(code)
        assert code[2:8] == "379900"


def test_no_official_and_no_manager_of_the_articles_is_in_the_demo(db):
    texts = [
        *get_user_model().objects.values_list("full_name", flat=True),
        *Contact.objects.values_list("full_name", flat=True),
        *Interaction.objects.values_list("people", flat=True),
        *Interaction.objects.values_list("summary", flat=True),
        *Lead.objects.values_list("referrer", flat=True),
        *SigningEvent.objects.values_list("note", flat=True),
    ]

    assert not [text for text in texts for name in OFFICIALS if name in text]


def test_the_evidence_is_kept_once_for_each_kind_and_says_that_it_is_demo_data(db):
    stored = set(Document.objects.values_list("stored_name", flat=True))

    assert len(stored) == Document.objects.values("kind").distinct().count()
    assert all(b"Not a real document" in stored_path(name).read_bytes() for name in stored)


def test_lists_and_states_agree(db):
    for project in Project.objects.all():
        now = project.states.in_basis("reported").known_at(None).get(valid_to=None)
        assert (project.stage, project.park_id, project.total_investment_wan) == (now.stage, now.park_id, now.total_wan)


# ── loading ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "today", [date(2024, 4, 18), date(2025, 1, 8), date(2026, 1, 10), date(2026, 11, 22), date(2030, 1, 1)]
)
def test_the_tables_make_sense_on_whatever_day_they_are_loaded(today):
    for plan in PLANS:
        taken = steps(plan, today)
        assert broken_step([stage for stage, _day in taken]) is None, plan.name
        assert all(day <= today for _stage, day in taken)


def test_a_second_loading_changes_nothing(db):
    before = Project.objects.count(), Park.objects.count(), get_user_model().objects.count()
    said = StringIO()

    call_command("load_demo", stdout=said)
    call_command("load_demo", if_empty=True, stdout=StringIO())

    assert "nothing was loaded" in said.getvalue()
    assert (Project.objects.count(), Park.objects.count(), get_user_model().objects.count()) == before


def test_outside_demo_mode_nothing_is_loaded(db, settings):
    settings.DEMO = False

    with pytest.raises(CommandError, match="demo mode only"):
        call_command("load_demo")


def test_the_sign_ins_are_kept_in_a_file_that_only_its_owner_reads(db):
    path = Path(settings.HOME) / "demo-accounts.txt"

    assert path.stat().st_mode & 0o777 == 0o600
    assert settings.DEMO_PASSWORD in path.read_text(encoding="utf-8")
    assert "outsider" in path.read_text(encoding="utf-8")


def test_a_demo_person_signs_in(rf):
    assert authenticate(rf.post("/"), username="officer", password=settings.DEMO_PASSWORD)
    assert authenticate(rf.post("/"), username="officer", password="not the password") is None


def test_the_verbs_kept_the_search_index_as_it_would_be_made(who):
    def entries():
        return {entry.pop("id"): entry for entry in SearchEntry.objects.values()}

    kept = entries()
    rebuild()

    assert len(kept) > 200
    assert entries() == kept
