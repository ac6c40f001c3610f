"""Plays the demo tables in through the same actions people use, each deed at the moment it would have been recorded."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from django.contrib.auth import get_user_model
from django.db import transaction

from core.dates import local_day
from core.money import from_yi, half_up
from crm.actions import register_company
from crm.models import Lead
from crm.reminders import remind
from parks.actions import add_park, add_person, grant_role
from projects import actions
from projects.lifecycle import BY_CODE, CODES, GATES, PATH, Stage
from projects.models import DocumentKind, InvestmentKind, SiteMode, Verdict
from reports.demo.agenda import Agenda
from reports.demo.companies import WITHOUT_PROJECT, facts_about, invented_code
from reports.demo.events import EVENTS
from reports.demo.first_talks import plan_first_talks
from reports.demo.leads import LEADS
from reports.demo.papers import paper
from reports.demo.parks import ADMIN, OFFICER_OF, OPERATOR_OF, PARKS, PEOPLE, whole_park
from reports.demo.play_leads import plan_leads
from reports.demo.pool import plan_pool
from reports.demo.projects import CORRECTIONS, INCREASES, PLANS, PROJECT_TALKS, REASONS, RECORDED, REPORTS, TRANSFERS
from reports.demo.steps import day_of, may_follow, spread, steps

S = Stage
FOUNDED_ON = date(2018, 1, 8)
COMPANIES_NAMED_ON = date(2024, 4, 26)
BEFORE_SIGNING = PATH[: PATH.index(S.SIGNED)]
LOCAL_COMPANIES_FROM = 5000
BEFORE_WORKS = (S.SIGNED, S.REGISTERED, S.FILED, S.LAND_SUPPLIED)
RECORDED_OTHERWISE = {(entry.project, entry.code): entry for entry in RECORDED}


@dataclass
class World:
    """What has come into being so far, by the names the tables use."""

    now: object
    agenda: Agenda
    people: dict = field(default_factory=dict)
    parks: dict = field(default_factory=dict)
    companies: dict = field(default_factory=dict)
    leads: dict = field(default_factory=dict)
    projects: dict = field(default_factory=dict)
    codes_given: int = 0

    @property
    def today(self):
        return local_day(self.now)

    @property
    def manager(self):
        return self.people["manager"]

    def officer_of(self, park):
        return self.people[OFFICER_OF[whole_park(park)]]

    def operator_of(self, park):
        return self.people[OPERATOR_OF[whole_park(park)]]

    def next_serial(self):
        self.codes_given += 1
        return self.codes_given

    def project(self, name):
        """The project as it was opened; actions load the present row themselves."""
        return self.projects[name]

    def company(self, name, *, park, industry, at):
        """The company of that name, registered in `park` if it is new."""
        if name not in self.companies:
            facts = facts_about(name, industry=industry, serial=self.next_serial())
            self.companies[name] = register_company(
                name=name, park=self.parks[park], at=at, by=self.officer_of(park), **facts
            )
        return self.companies[name]


@transaction.atomic
def load(*, password, at):
    """Load everything; `at` is now, and every sign-in gets `password`. The database must have no park yet."""
    world = World(now=at, agenda=Agenda(at))
    _settle(world, password)
    for plan in PLANS:
        _plan_project(world, plan)
    for deed in (*CORRECTIONS, *INCREASES, *TRANSFERS, *EVENTS, *PROJECT_TALKS):
        PLANNERS[type(deed).__name__](world, deed)
    _plan_companies_without_project(world)
    plan_leads(world, LEADS)
    plan_first_talks(world)
    plan_pool(world)
    world.agenda.carry_out()
    _mark_accounts(world)
    # A site that has run for a while has reminded its people; the first day would show an empty bell.
    remind(at=at)
    return world


def _mark_accounts(world):
    """Marked, they are of no use outside demo mode."""
    keys = [person.pk for person in world.people.values()]
    get_user_model().objects.filter(pk__in=keys).update(is_demo=True)


# ── parks and people ─────────────────────────────────────────────────────────────────────────────────────────────────


def _settle(world, password):
    founder = get_user_model().objects.create_superuser(ADMIN.username, password=password, full_name=ADMIN.full_name)
    world.people[ADMIN.username] = founder
    at = world.agenda.at(min(local_day(world.now), FOUNDED_ON), "founding")
    for order, park in enumerate(PARKS):
        world.parks[park.code] = add_park(
            code=park.code,
            name=park.name,
            parent=world.parks.get(park.parent),
            aliases=park.aliases,
            at=at,
            by=founder,
            **park.fields(order),
        )
    for person in PEOPLE:
        _appoint(world, person, password, at=at, by=founder)
    # Only a superuser may found a zone; from here on the role is enough.
    founder.is_superuser = founder.is_staff = False
    founder.save(update_fields=["is_superuser", "is_staff"])


def _appoint(world, person, password, *, at, by):
    first, *rest = [world.parks[code] for code in person.parks]
    if person.username in world.people:
        rest = [first, *rest]
    else:
        world.people[person.username] = add_person(
            username=person.username,
            full_name=person.full_name,
            password=password,
            role=person.role,
            park=first,
            at=at,
            by=by,
        )
    user = world.people[person.username]
    for park in rest:
        grant_role(user, role=person.role, park=park, at=at, by=by)
    # The demo's password is printed at every start and meant to be kept.
    user.must_change_password = False
    user.save(update_fields=["must_change_password"])
    # A fresh object: the roles a user object has read are kept with it.
    world.people[person.username] = get_user_model().objects.get(pk=user.pk)


# ── projects ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _plan_project(world, plan):
    taken = steps(plan, world.today)
    if not taken:
        return
    (_stage, opened_on), *rest = taken
    moment = world.agenda.at(opened_on + timedelta(days=spread(plan.name, 2)), plan.name)
    world.agenda.add(moment, lambda at: _open(world, plan, taken, at))
    for to, day in rest:
        moment = _plan_step(world, plan, to, day, moment)
    for report in REPORTS:
        if report.project == plan.name:
            _plan_report(world, plan, report, taken)


def _open(world, plan, taken, at):
    stage, opened_on = taken[0]
    by = world.officer_of(plan.park)
    origin = (
        {"lead": Lead.objects.select_related("park", "company").get(pk=world.leads[plan.lead])}
        if plan.lead
        else {
            "company": world.company(plan.company, park=plan.park, industry=plan.industry, at=at),
            "stage": stage,
            "content": plan.content,
        }
    )
    project = actions.open_project(
        park=world.parks[plan.park],
        name=plan.name,
        opened_on=opened_on,
        total_investment_wan=from_yi(Decimal(plan.yi)),
        industry=plan.industry,
        source_note=plan.source_note,
        is_synthetic=plan.is_synthetic,
        owner=by,
        at=at,
        by=by,
        **origin,
        **_fields_by(world, plan, taken),
    )
    world.projects[plan.name] = project


def _plan_step(world, plan, to, day, previous):
    """Recorded within two days and verified within a few more, unless the table says otherwise."""
    name = f"{plan.name} {to}"
    other = RECORDED_OTHERWISE.get((plan.name, CODES[to]))
    recorded_on = other.recorded_on if other else day + timedelta(days=spread(name, 3))
    verified_on = other.verified_on if other else recorded_on + timedelta(days=1 + spread(name, 4))
    moment = world.agenda.at(recorded_on, name, not_before=previous)
    verdict = None
    if to not in BEFORE_SIGNING:
        verdict = world.agenda.at(verified_on, f"{name} verdict", not_before=moment)
    facts = {}
    world.agenda.add(moment, lambda at: facts.update(change=_take_step(world, plan, to, day, at)))
    if verdict is not None:
        world.agenda.add(verdict, lambda at: _accept(world, facts["change"], at))
    return moment


def _accept(world, fact, at):
    actions.verify_fact(fact, verdict=Verdict.ACCEPTED, at=at, by=world.manager)


def _take_step(world, plan, to, day, at, *, changes=None):
    by = world.officer_of(plan.park) if to in (*BEFORE_SIGNING, *BEFORE_WORKS) else world.operator_of(plan.park)
    return actions.fill_and_advance(
        world.project(plan.name),
        changes=changes or {},
        files=_files_for(to),
        to=to,
        effective_on=day,
        reason=REASONS.get((plan.name, CODES[to]), ""),
        total_investment_wan=from_yi(Decimal(plan.yi)) if to == S.SIGNED else None,
        at=at,
        by=by,
    )


def _files_for(to):
    """One paper of each kind the gate demands; no two gates of the way demand the same."""
    return [(requirement.document, paper(requirement.document)) for requirement in GATES[to] if requirement.document]


def _fields_by(world, plan, taken):
    """What has been filled in after these steps. Given at the opening: an edit for each step would triple the time."""
    fields = {}
    for stage, day in taken:
        fields |= _fields_at(world, plan, stage, day)
    return fields


def _fields_at(world, plan, to, day):
    """What an officer or operator fills in along with a step, all of it invented."""
    total = from_yi(Decimal(plan.yi))
    n = spread(plan.name, 1000)
    if to == S.SIGNED:
        return {
            "contracted_investment_wan": _part(total, "0.84"),
            "site_mode": plan.site,
            "land_area_mu": _part(total, "0.0004") + 20 if plan.site == SiteMode.GRANT else None,
            "floor_area_sqm": _part(total, "0.16") + 3000,
            "start_due_on": day + timedelta(days=180),
            "completion_due_on": day + timedelta(days=540),
            "commissioning_due_on": day + timedelta(days=660),
            "steward": world.operator_of(plan.park),
            "sponsor": world.manager,
        }
    if to == S.REGISTERED:
        return {**_local_company(world, plan), "paid_in_fixed_wan": _part(total, "0.06")}
    if to == S.COMMISSIONED:
        return {**_progress_at(total, n, to, day), **_local_company(world, plan)}
    if to == S.FILED:
        return {"filing_no": f"演示-{day.year}-{n:04d}"}
    if to == S.LAND_SUPPLIED:
        return {"land_contract_no": f"演示-地-{day.year}-{n:04d}"}
    return _progress_at(total, n, to, day)


def _local_company(world, plan):
    return {
        "legal_entity_name": f"{plan.name}项目公司（演示）",
        "legal_entity_code": invented_code(LOCAL_COMPANIES_FROM + world.next_serial()),
    }


PROGRESS = {
    # stage: (fixed part arrived, working part arrived, fixed-asset investment done), in parts of the total
    S.STARTED: ("0.14", "0.02", "0.05"),
    S.BUILDING: ("0.30", "0.04", "0.28"),
    S.TOPPED_OUT: ("0.46", "0.06", "0.43"),
    S.COMPLETED: ("0.70", "0.09", "0.74"),
    S.COMMISSIONED: ("0.76", "0.12", "0.82"),
}


def _progress_at(total, n, to, day):
    if to not in PROGRESS:
        return {}
    fixed, working, done = PROGRESS[to]
    found = {
        "paid_in_fixed_wan": _part(total, fixed),
        "paid_in_working_wan": _part(total, working),
        "fixed_asset_wan": _part(total, done),
    }
    if to == S.STARTED:
        found["construction_permit_no"] = f"演示-施-{day.year}-{n:04d}"
    if to in (S.STARTED, S.BUILDING):
        found["annual_plan_wan"] = _part(total, "0.22")
    return found


def _part(total, share):
    return half_up(total * Decimal(share), 0)


def _plan_report(world, plan, report, taken):
    """A step of late that waits for its verdict or was rejected, where the project stands so that it may take it."""
    day, stage = day_of(report.effective_on, world.today), BY_CODE[report.code]
    if not may_follow(taken, stage, day):
        return
    facts = {}
    moment = world.agenda.at(day_of(report.recorded_on, world.today), f"{plan.name} report")
    changes = _fields_at(world, plan, stage, day)
    world.agenda.add(moment, lambda at: facts.update(change=_take_step(world, plan, stage, day, at, changes=changes)))
    if report.rejected_on:
        verdict = world.agenda.at(day_of(report.rejected_on, world.today), f"{plan.name} rejected", not_before=moment)
        world.agenda.add(verdict, lambda at: _reject(world, facts["change"], report.reason, at))


def _reject(world, fact, reason, at):
    actions.verify_fact(fact, verdict=Verdict.REJECTED, reason=reason, at=at, by=world.manager)


# ── what is unusual about some projects ──────────────────────────────────────────────────────────────────────────────


def _plan_correction(world, correction):
    if correction.verified_on > world.today:
        return
    facts = {}
    moment = world.agenda.at(correction.recorded_on, f"{correction.project} correction")
    world.agenda.add(moment, lambda at: facts.update(fact=_correct(world, correction, at)))
    world.agenda.add(
        world.agenda.at(correction.verified_on, f"{correction.project} corrected", not_before=moment),
        lambda at: _accept(world, facts["fact"], at),
    )


def _correct(world, correction, at):
    project = world.project(correction.project)
    by = project.owner
    agreement = actions.attach_document(
        project, kind=DocumentKind.OTHER, file=paper(DocumentKind.OTHER), title="补充协议", at=at, by=by
    )
    return actions.correct_investment_change(
        project.investment_changes.get(kind=InvestmentKind.SIGNING),
        amount_wan=from_yi(Decimal(correction.yi)),
        reason=correction.reason,
        evidence=[agreement],
        at=at,
        by=by,
    )


def _plan_increase(world, increase):
    day = day_of(increase.effective_on, world.today)
    if day + timedelta(days=6) > world.today and not increase.is_pending:
        return
    facts = {}
    moment = world.agenda.at(day + timedelta(days=2), f"{increase.project} increase")
    world.agenda.add(moment, lambda at: facts.update(fact=_increase(world, increase, day, at)))
    if not increase.is_pending:
        verdict = world.agenda.at(day + timedelta(days=5), f"{increase.project} increased", not_before=moment)
        world.agenda.add(verdict, lambda at: _accept(world, facts["fact"], at))


def _increase(world, increase, day, at):
    project = world.project(increase.project)
    by = project.owner
    agreement = actions.attach_document(
        project, kind=DocumentKind.INCREASE, file=paper(DocumentKind.INCREASE), title="增资协议", at=at, by=by
    )
    return actions.increase_investment(
        project,
        amount_wan=from_yi(Decimal(increase.yi)),
        effective_on=day,
        reason=increase.reason,
        evidence=[agreement],
        at=at,
        by=by,
    )


def _plan_transfer(world, transfer):
    if transfer.effective_on + timedelta(days=1) > world.today:
        return
    world.agenda.add(
        world.agenda.at(transfer.effective_on + timedelta(days=1), f"{transfer.project} transfer"),
        lambda at: actions.transfer_project(
            world.project(transfer.project),
            to_park=world.parks[transfer.to_park],
            effective_on=transfer.effective_on,
            reason=transfer.reason,
            at=at,
            by=world.manager,
        ),
    )


def _plan_event(world, event):
    # A week later, when every project on its list has been reported.
    recorded_on = event.held_on + timedelta(days=7)
    if recorded_on <= world.today:
        world.agenda.add(world.agenda.at(recorded_on, event.name), lambda at: _hold(world, event, at))


def _hold(world, event, at):
    held = actions.record_signing_event(
        park=world.parks[event.park],
        name=event.name,
        held_on=event.held_on,
        place=event.place,
        note=event.note,
        source_note=event.source_note,
        is_synthetic=not event.source_note,
        at=at,
        by=world.manager,
    )
    for name, kind in event.entries:
        actions.list_at_signing_event(held, world.project(name), kind=kind, at=at, by=world.manager)


def _plan_project_talk(world, talk):
    day = day_of(talk.day, world.today)
    world.agenda.add(world.agenda.at(day, talk.summary), lambda at: _talk(world, talk, day, at))


def _talk(world, talk, day, at):
    project = world.project(talk.project)
    actions.record_project_interaction(
        project,
        kind=talk.kind,
        happened_on=day,
        people=talk.people,
        summary=talk.summary,
        next_step=talk.next_step,
        next_step_due_on=world.today + timedelta(days=talk.next_on),
        is_synthetic=True,
        at=at,
        by=project.owner,
    )


PLANNERS = {
    "Correction": _plan_correction,
    "Increase": _plan_increase,
    "Transfer": _plan_transfer,
    "Event": _plan_event,
    "ProjectTalk": _plan_project_talk,
}


def _plan_companies_without_project(world):
    at = world.agenda.at(min(COMPANIES_NAMED_ON, world.today), "companies")
    for park, names in WITHOUT_PROJECT.items():
        for name in names:
            world.agenda.add(at, lambda at, name=name, park=park: world.company(name, park=park, industry="", at=at))
