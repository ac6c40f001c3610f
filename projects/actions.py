"""Every write to projects, their facts, documents and signing events; each verb is one transaction."""

from datetime import timedelta

from django.contrib.auth import get_user_model
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.audit import diff, record
from core.dates import local_day
from core.errors import RuleViolation
from core.fields import normalise_credit_code
from core.models import AuditEntry
from core.notices import Told, notice_kind, tell_all
from core.rules import future_reason, refuse, refuse_future, refuse_invalid, refuse_stale
from core.search import refresh
from core.uploads import check_upload, store
from crm.actions import convert_lead, introduce_company, record_interaction
from crm.actions.editing import whole
from crm.lifecycle import LeadStage
from parks.access import may, require
from parks.querysets import people_who_may
from projects import history, ledger, lifecycle
from projects.lifecycle import AFTER_SIGNING, FINAL, REQUIRABLE_FIELDS, DocumentKind, Stage
from projects.models import (
    Basis,
    Document,
    ExtraRequirement,
    InvestmentChange,
    InvestmentKind,
    ParkChange,
    Project,
    ProjectInteraction,
    ProjectState,
    SigningEntry,
    SigningEvent,
    Split,
    StageChange,
    Verdict,
)

EDITABLE = ledger.EDIT
SEARCHED = {"name", "legal_entity_name", "legal_entity_code"}
"""Fields by which a project is found."""
ANSWERING = ("owner", "steward")
"""Who works on a project; whoever may not do so in the park it moves to no longer answers for it."""
notice_kind("projects.came", gettext_lazy("%(project)s came to %(park)s by transfer. Name who answers for it there."))
notice_kind("projects.left", gettext_lazy("%(project)s went to %(park)s by transfer; you no longer answer for it."))

OPENING_STAGES = (Stage.RESERVE, Stage.CONTACT, Stage.NEGOTIATING)


def _locked(project, expected_version=None):
    """The project's row, locked for the transaction, and the version the caller saw still current."""
    project = Project.objects.select_for_update(of=("self",)).select_related("park", "company").get(pk=project.pk)
    refuse_stale(project, expected_version, ("stage", "stage_since", "total_investment_wan", *EDITABLE))
    return project


def _moment(project, at):
    """Knowledge of one project only moves forward: two clerks at once get two moments, in the order of their locks."""
    return max(at, project.updated_at + timedelta(microseconds=1))


# ── deriving the states ──────────────────────────────────────────────────────────────────────────────────────────────


def facts_of(project):
    """All facts of a project, as (row, shape of the payload) for `as_known`."""
    stage_changes = [(row, {"stage": row.to_stage}) for row in project.stage_changes.all()]
    investment_changes = [
        (row, {"adds_wan" if row.kind == InvestmentKind.INCREASE else "sets_wan": row.amount_wan})
        for row in project.investment_changes.all()
    ]
    park_changes = [(row, {"park_id": row.park_id}) for row in project.park_changes.all()]
    return [*park_changes, *investment_changes, *stage_changes]


def as_known(rows, basis):
    """The facts of `facts_of` as the pure ones of `projects.history`, with the moment the basis learned of each."""
    return [
        history.Fact(
            key=(type(row).__name__, row.pk),
            effective_on=row.effective_on,
            recorded_at=row.recorded_at,
            known_at=row.recorded_at if basis == Basis.REPORTED else row.verified_at,
            corrects=(type(row).__name__, row.corrects_id) if row.corrects_id else None,
            is_void=row.is_void,
            **({} if row.is_void else payload),
        )
        for row, payload in rows
    ]


def _rebuild(project, at):
    """Derive the states of a project afresh and bring its current columns in line. Writes only the rows that differ."""
    rows = facts_of(project)
    wanted = {
        (basis, *_values(stretch)) for basis in Basis.values for stretch in history.stretches(as_known(rows, basis))
    }
    present = {(state.basis, *_values(state)): state.pk for state in project.states.all()}
    gone = [pk for key, pk in present.items() if key not in wanted]
    if gone:
        ProjectState.objects.filter(pk__in=gone).delete()
    ProjectState.objects.bulk_create(
        [_state(project, *key) for key in sorted(wanted - present.keys(), key=lambda key: (key[0], key[6], key[4]))]
    )
    _set_current(project, rows, at)


def _values(stretch):
    return (
        stretch.stage,
        stretch.park_id,
        stretch.total_wan,
        stretch.valid_from,
        stretch.valid_to,
        stretch.known_from,
        stretch.known_to,
    )


def _state(project, basis, stage, park_id, total_wan, valid_from, valid_to, known_from, known_to):
    return ProjectState(
        project=project,
        basis=basis,
        stage=stage,
        park_id=park_id,
        total_wan=total_wan,
        valid_from=valid_from,
        valid_to=valid_to,
        known_from=known_from,
        known_to=known_to,
    )


def _set_current(project, rows, at):
    line = history.in_line(as_known(rows, Basis.REPORTED))
    entries = history.stage_entries(line, at)
    *_rest, (_from, _to, project.stage, project.park_id, project.total_investment_wan) = history.timeline(line, at)
    project.stage_since = entries[-1][1]
    project.paused_from = entries[-2][0] if project.stage == Stage.PAUSED else ""
    verified = history.timeline(history.in_line(as_known(rows, Basis.VERIFIED)), at)
    project.verified_stage, project.verified_total_wan = (verified[-1][2], verified[-1][4]) if verified else ("", 0)
    project.signed_on = history.first_formal_signing(entries)


def _finish(project, at):
    """Rebuild, raise the version and save: the last step of every verb that records a fact."""
    park = project.park_id
    _rebuild(project, at)
    project.version += 1
    project.updated_at = at
    project.save()
    if project.park_id != park:
        refresh(project)


# ── opening and editing ──────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def open_project(
    *,
    park,
    name,
    company=None,
    lead=None,
    opened_on=None,
    stage=Stage.CONTACT,
    total_investment_wan=None,
    at,
    by,
    **given,
):
    """Open a project in `park`, for a company or out of a lead.

    A lead is closed by it, gives company, content, industry and amount where they are not given, and the project starts
    under negotiation (L60 → P30). `opened_on` defaults to the day of `at`.
    """
    require(by, "projects.open_project", park)
    opened_on = opened_on or local_day(at)
    refuse_future("opened_on", opened_on, at)
    if lead is not None:
        require(by, "projects.open_project", lead.park)
        _refuse_second_project(lead, by)
        lead = convert_lead(lead, effective_on=opened_on, at=at, by=by)
        company, stage = lead.company, Stage.NEGOTIATING
        total_investment_wan = lead.intended_investment_wan if total_investment_wan is None else total_investment_wan
        given = {"content": lead.content, "industry": lead.industry or company.industry, "owner": lead.owner, **given}
    if company is None:
        refuse("company", _("Choose the investor."))
    if stage not in OPENING_STAGES:
        refuse("stage", _("A project is opened before its signing. Record the later stages as steps."))
    if given.get("legal_entity_code"):
        given["legal_entity_code"] = normalise_credit_code(given["legal_entity_code"])
    introduce_company(company, park=park, at=at, by=by)
    # The code carries the key, so the row is written twice inside the one transaction.
    project = Project(
        park=park,
        name=name.strip(),
        company=company,
        lead=lead,
        opened_on=opened_on,
        stage=stage,
        stage_since=opened_on,
        total_investment_wan=total_investment_wan or 0,
        code=f"~{at.timestamp()}-{company.pk}"[:30],
        owner=given.pop("owner", None) or by,
        recorded_at=at,
        recorded_by=by,
        updated_at=at,
        **given,
    )
    refuse_invalid(project)
    if reasons := lifecycle.missing(project, stage, documents=(), extra=()):
        raise RuleViolation(*reasons)
    project.save()
    zone_code = type(park).objects.values_list("code", flat=True).get(pk=park.zone_pk)
    project.code = f"{zone_code}-{opened_on.year}-{project.pk:04d}"
    first = {"project": project, "effective_on": opened_on, "recorded_at": at, "recorded_by": by}
    arrival = ParkChange.objects.create(park=park, **first)
    for moved in lead.transfers.all() if lead is not None else ():
        # Whoever handed the lead over keeps its share of the project that came of it.
        _keep_split(arrival, moved.from_park, effective_on=moved.effective_on, **moved.terms)
    StageChange.objects.create(to_stage=stage, **first)
    if total_investment_wan:
        InvestmentChange.objects.create(kind=InvestmentKind.PLAN, amount_wan=total_investment_wan, **first)
    _rebuild(project, at)
    project.save()
    refresh(project)
    record(
        "projects.open_project",
        project,
        park=park.pk,
        changes=diff({}, {"name": project.name, "stage": stage}),
        at=at,
        by=by,
    )
    return project


def _refuse_second_project(lead, by):
    """One lead becomes one project; whoever may see that project is told which."""
    project = Project.objects.visible_to(by).filter(lead=lead).first()
    if project is not None:
        refuse("lead", _("The lead has become project %(code)s already.") % {"code": project.code})
    if lead.stage == LeadStage.CONVERTED:
        refuse("lead", _("The lead has become a project already."))


@transaction.atomic
def edit_project(project, *, changes, expected_version=None, at, by):
    """Change fields of EDITABLE; nothing is written where nothing differs. Stage, park and total move through facts."""
    require(by, "projects.edit_project", project.park)
    project = _locked(project, expected_version)
    before = {field: getattr(project, field) for field in EDITABLE}
    for field, value in changes.items():
        if field not in EDITABLE:
            refuse(field, _("The field %(field)s cannot be edited.") % {"field": field})
        setattr(project, field, whole(project, field, value))
    project.legal_entity_code = normalise_credit_code(project.legal_entity_code) if project.legal_entity_code else None
    refuse_invalid(project)
    changed = diff(_plain(before), _plain({field: getattr(project, field) for field in EDITABLE}))
    if not changed:
        return project
    project.version += 1
    project.updated_at = max(at, project.updated_at)
    project.save()
    if changed.keys() & SEARCHED:
        refresh(project)
    record("projects.edit_project", project, park=project.park_id, changes=changed, at=at, by=by)
    return project


def _plain(values):
    return {key: getattr(value, "pk", value) for key, value in values.items()}


# ── facts ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def extra_requirements(project):
    """The additional demands of the project's park and those above it: {stage: [Requirement, …]}."""
    found = {}
    for extra in ExtraRequirement.objects.binding(project.park):
        found.setdefault(extra.stage, []).append(_requirement(extra))
    return found


def extra_requirements_of(projects):
    """The same for many projects with their parks loaded, in one query: {key of the project: {stage: […]}}."""
    paths = {project.pk: {int(pk) for pk in project.park.path.strip("/").split("/")} for project in projects}
    extras = list(ExtraRequirement.objects.filter(park__in=set().union(*paths.values()))) if paths else []
    found = {pk: {} for pk in paths}
    for pk, path in paths.items():
        for extra in extras:
            if extra.park_id in path:
                found[pk].setdefault(extra.stage, []).append(_requirement(extra))
    return found


def _requirement(extra):
    if extra.document:
        sentence = _("Demanded here as well: %(what)s, attached.") % {"what": extra.get_document_display()}
    else:
        field = extra.field.removesuffix("_id")
        sentence = _("Demanded here as well: %(what)s, filled in.") % {
            "what": Project._meta.get_field(field).verbose_name
        }
    return lifecycle.Requirement(sentence, field=extra.field, document=extra.document)


def attached_kinds(project):
    return frozenset(project.documents.values_list("kind", flat=True))


def checklist(project):
    """What each next step of a project still needs: [(stage, [sentence, …]), …]."""
    return lifecycle.checklist(project, attached_kinds(project), extra_requirements(project))


def _own(evidence, project):
    evidence = list(evidence)
    if any(document.project_id != project.pk for document in evidence):
        refuse("evidence", _("Choose documents of this project."))
    return evidence


@transaction.atomic
def advance_project(
    project, *, to, effective_on, reason="", evidence=(), total_investment_wan=None, expected_version=None, at, by
):
    """Report that a project entered a stage. At the signing `total_investment_wan` sets the agreed total.

    What counts in a total waits for verification. Earlier days are welcome, days before the latest step are not: those
    are corrections.
    """
    require(by, "projects.advance_project", project.park)
    project = _locked(project, expected_version)
    at = _moment(project, at)
    to = Stage(to)
    reasons = lifecycle.obstacles(
        project, to, attached_kinds(project), reason=reason, extra=extra_requirements(project).get(to, ())
    )
    total = project.total_investment_wan if total_investment_wan is None else total_investment_wan
    if to == Stage.SIGNED and not total:
        reasons.append(_("The agreed total investment is not filled in."))
    wrong_day = _wrong_day(project, effective_on, at)
    if reasons or wrong_day:
        raise RuleViolation(*reasons, fields={"effective_on": [wrong_day]} if wrong_day else None)
    counted = to in AFTER_SIGNING or project.stage in AFTER_SIGNING or project.signed_on is not None
    change = StageChange.objects.create(
        project=project,
        from_stage=project.stage,
        to_stage=to,
        effective_on=effective_on,
        reason=reason.strip(),
        needs_verification=counted,
        recorded_at=at,
        recorded_by=by,
    )
    change.evidence.set(_own(evidence, project))
    if to == Stage.SIGNED or (total_investment_wan is not None and to == Stage.FRAMEWORK):
        kind = InvestmentKind.SIGNING if to == Stage.SIGNED else InvestmentKind.PLAN
        InvestmentChange.objects.create(
            project=project,
            kind=kind,
            amount_wan=total,
            stage_change=change,
            effective_on=effective_on,
            needs_verification=counted,
            recorded_at=at,
            recorded_by=by,
        )
    before, after = {"stage": project.stage}, {"stage": to} | ({"needs_verification": True} if counted else {})
    _finish(project, at)
    record("projects.advance_project", project, park=project.park_id, changes=diff(before, after), at=at, by=by)
    return change


def _wrong_day(project, effective_on, at):
    """Why the next step cannot have happened on this day, or an empty text."""
    if reason := future_reason(effective_on, at):
        return reason
    if effective_on >= project.stage_since:
        return ""
    facts = {"stage": project.get_stage_display(), "day": project.stage_since.isoformat()}
    return (
        _("The project entered “%(stage)s” on %(day)s; the next step cannot be earlier. Correct that date first.")
        % facts
    )


@transaction.atomic
def fill_and_advance(project, *, changes, files, evidence=(), expected_version=None, at, by, **step):
    """Supply what a gate still needs and go through it, all or nothing. `files` holds (kind of document, file) pairs.

    `step` goes to `advance_project`; the new documents join the evidence. A refused file is named as "file_<kind>".
    """
    require(by, "projects.advance_project", project.park)
    project = _locked(project, expected_version)
    if changes:
        project = edit_project(project, changes=changes, at=at, by=by)
    attached = [_attach_for_gate(project, kind, file, at=at, by=by) for kind, file in files]
    return advance_project(project, evidence=[*evidence, *attached], at=at, by=by, **step)


def _attach_for_gate(project, kind, file, *, at, by):
    try:
        return attach_document(project, kind=kind, file=file, at=at, by=by)
    except RuleViolation as refusal:
        raise RuleViolation(fields={f"file_{kind}": list(refusal.reasons)}) from refusal


@transaction.atomic
def with_new_evidence(deed, subject, *, project, kind, file, evidence=(), at, by, **given):
    """Do a deed that cites evidence and, if there is a `file`, attach that first: all or nothing."""
    attached = [attach_document(project, kind=kind, file=file, at=at, by=by)] if file else []
    return deed(subject, evidence=[*evidence, *attached], at=at, by=by, **given)


@transaction.atomic
def increase_investment(project, *, amount_wan, effective_on, reason, evidence=(), expected_version=None, at, by):
    """Report a capital increase (增资): only the increment counts, and no new project comes of it.

    It rests on paper: evidence named with it, or an agreement on the increase among the project's documents.
    """
    require(by, "projects.increase_investment", project.park)
    project = _locked(project, expected_version)
    at = _moment(project, at)
    refuse_future("effective_on", effective_on, at)
    if project.signed_on is None or project.stage in FINAL:
        raise RuleViolation(_("An increase is possible from the formal signing to the end of the project."))
    if effective_on < project.signed_on:
        refuse(
            "effective_on",
            _("The project was signed on %(day)s; an increase cannot be earlier.")
            % {"day": project.signed_on.isoformat()},
        )
    if amount_wan <= 0:
        refuse("amount_wan", _("Enter the increment, more than 0. A smaller total is a correction."))
    if not reason.strip():
        refuse("reason", _("Write on what agreement the increase rests."))
    evidence = _own(evidence, project)
    if not evidence and DocumentKind.INCREASE not in attached_kinds(project):
        refuse("evidence", _("The agreement on the capital increase is not attached."))
    _refuse_equal_increase(project, amount_wan, effective_on)
    change = InvestmentChange.objects.create(
        project=project,
        kind=InvestmentKind.INCREASE,
        amount_wan=amount_wan,
        effective_on=effective_on,
        reason=reason.strip(),
        needs_verification=True,
        recorded_at=at,
        recorded_by=by,
    )
    change.evidence.set(evidence)
    before = {"total_investment_wan": project.total_investment_wan}
    _finish(project, at)
    after = {"total_investment_wan": project.total_investment_wan}
    record("projects.increase_investment", project, park=project.park_id, changes=diff(before, after), at=at, by=by)
    return change


def _refuse_equal_increase(project, amount_wan, effective_on):
    """One agreement reported twice would count twice."""
    standing = project.investment_changes.uncorrected().filter(kind=InvestmentKind.INCREASE, is_void=False)
    if standing.filter(amount_wan=amount_wan, effective_on=effective_on).exists():
        facts = {"day": effective_on.isoformat()}
        raise RuleViolation(
            _("An increase by the same amount on %(day)s is recorded already. If that one is wrong, correct it.")
            % facts
        )


@transaction.atomic
def transfer_project(project, *, to_park, effective_on, reason, evidence=(), expected_version=None, at, by, **split):
    """Hand a project to another park of the zone (流转). Done by the counting side, so it needs no verification.

    `split` holds columns of `SplitTerms`, what the handing park keeps; left out, it is half and half for five years.
    Officer and steward who do not work in the new park no longer answer for the project; its office is told.
    """
    require(by, "projects.transfer_project", project.park)
    require(by, "projects.transfer_project", to_park)
    project = _locked(project, expected_version)
    at = _moment(project, at)
    refuse_future("effective_on", effective_on, at)
    if to_park.pk == project.park_id:
        refuse("to_park", _("The project already belongs to this park."))
    if effective_on < project.opened_on:
        refuse(
            "effective_on",
            _("The project was opened on %(day)s; it cannot move earlier.") % {"day": project.opened_on.isoformat()},
        )
    if not reason.strip():
        refuse("reason", _("Write why the project moves."))
    latest = project.park_changes.uncorrected().order_by("-effective_on").first()
    if effective_on < latest.effective_on:
        refuse(
            "effective_on",
            _("The project came to its present park on %(day)s; it cannot move earlier.")
            % {"day": latest.effective_on.isoformat()},
        )
    change = ParkChange.objects.create(
        project=project, park=to_park, effective_on=effective_on, reason=reason.strip(), recorded_at=at, recorded_by=by
    )
    change.evidence.set(_own(evidence, project))
    kept = _keep_split(change, project.park, effective_on=effective_on, **split)
    introduce_company(project.company, park=to_park, at=at, by=by)
    before = {"park": project.park.name} | _answering(project)
    _settle_answering(project, to_park)
    after = {"park": to_park.name, **kept.terms} | _answering(project)
    _finish(project, at)
    record("projects.transfer_project", project, park=to_park.pk, changes=diff(before, after), at=at, by=by)
    _tell_of_move(project, before, to_park, key=f"transfer:{change.pk}", at=at, by=by)
    return change


def _answering(project):
    return {name: getattr(project, f"{name}_id") for name in ANSWERING}


def _settle_answering(project, park, released=None):
    """Nobody answers for a project who would get “not found” for it; of `released`, those who may work there do again.

    `released` is {column: key of the person}.
    """
    for name in ANSWERING:
        people = [getattr(project, name), get_user_model().objects.filter(pk=(released or {}).get(name)).first()]
        at_work = (person for person in people if person is not None and may(person, "projects.edit_project", park))
        setattr(project, name, next(at_work, None))


def _released_by(change):
    """{column: person} of whom the transfer took the project, read from the trail."""
    entries = AuditEntry.objects.filter(
        verb="projects.transfer_project",
        subject_type=Project._meta.label_lower,
        subject_id=change.project_id,
        at=_chain(change)[-1].recorded_at,
    )
    changes = entries.values_list("changes", flat=True).first() or {}
    return {name: changes[name][0] for name in ANSWERING if name in changes}


def _tell_of_move(project, before, park, *, key, at, by):
    """The office of the park learns of the project, and whoever answered for it that they no longer do."""
    facts, url = {"project": str(project), "park": park.name}, reverse("projects:detail", args=[project.pk])
    office = people_who_may(get_user_model().objects.all(), "projects.transfer_project", park=park).exclude(pk=by.pk)
    told = []
    if project.owner_id is None:
        told = [Told(pk, "projects.came", f"{key}:came", facts, url) for pk in office.values_list("pk", flat=True)]
    gone = {before[name] for name in ANSWERING} - {None, by.pk, project.owner_id, project.steward_id}
    # They may no longer see it, so this leads nowhere.
    told += [Told(pk, "projects.left", f"{key}:left", facts) for pk in sorted(gone)]
    tell_all(told, at=at)


def _keep_split(change, owner_park, *, effective_on, **terms):
    split = Split(project=change.project, park_change=change, owner_park=owner_park, effective_on=effective_on, **terms)
    refuse_invalid(split)
    split.save()
    return split


@transaction.atomic
def correct_transfer(
    change,
    *,
    to_park=None,
    effective_on=None,
    is_void=False,
    reason,
    evidence=(),
    expected_version=None,
    at,
    by,
    **split,
):
    """Put right a transfer and its split; what is left out stays. Like the transfer it needs no verification.

    Where the project has moved on since, only day and split can be put right: the later move starts from this one.
    """
    require(by, "projects.transfer_project", change.project.park)
    project = _locked(change.project, expected_version)
    at = _moment(project, at)
    change.project = project
    to_park = to_park or change.park
    require(by, "projects.transfer_project", to_park)
    before, after = _moves_beside(project, change)
    if before is None:
        raise RuleViolation(_("The project was opened in this park; that is no transfer."))
    day = effective_on or change.effective_on
    if after is not None and (is_void or to_park.pk != change.park_id):
        raise RuleViolation(_("The project has been handed on since. Correct the later transfer first."))
    if day < before.effective_on or (after is not None and day > after.effective_on):
        refuse("effective_on", _("The day must lie between the moves before and after this one."))
    if to_park.pk == before.park_id and not is_void:
        refuse("to_park", _("The project already belonged to this park. Say that the transfer never happened."))
    corrected = _correction(change, effective_on=day, is_void=is_void, reason=reason, at=at, by=by, park=to_park)
    corrected.needs_verification = False
    corrected.save(update_fields=["needs_verification"])
    corrected.evidence.set(_own(evidence, project))
    old = change.splits.order_by("-pk").first()
    terms = {**(old.terms if old else {}), **split}
    if not is_void and (old or split):
        _keep_split(corrected, before.park, effective_on=day, **terms)
    if not is_void:
        introduce_company(project.company, park=to_park, at=at, by=by)
    said = {"park": change.park.name, "effective_on": change.effective_on, **(old.terms if old else {})}
    answering = _answering(project)
    _settle_corrected(project, change, corrected, before.park if is_void else to_park, at=at, by=by)
    _finish(project, at)
    changed = diff(
        said | answering,
        {"park": None if is_void else to_park.name, "effective_on": day, **terms} | _answering(project),
    )
    record("projects.correct_fact", project, park=project.park_id, changes=changed, at=at, by=by)
    return corrected


def _settle_corrected(project, change, corrected, park, *, at, by):
    """Where the correction puts the project into another `park`, whom the transfer released may answer again."""
    if park.pk == change.park_id:
        return
    answering = _answering(project)
    _settle_answering(project, park, _released_by(change))
    _tell_of_move(project, answering, park, key=f"transfer:{corrected.pk}", at=at, by=by)


def moves_of(project):
    """The opening and the transfers that stand, in the order of the world."""
    standing = [change for change in project.park_changes.select_related("park") if not change.is_void]
    corrected = set(project.park_changes.exclude(corrects=None).values_list("corrects_id", flat=True))
    moves = [change for change in standing if change.pk not in corrected]
    return sorted(moves, key=lambda change: (change.effective_on, _chain(change)[-1].recorded_at, change.pk))


def _moves_beside(project, change):
    """The moves that stand before and after this one; None where there is none."""
    moves = moves_of(project)
    place = next((n for n, move in enumerate(moves) if move.pk == change.pk), None)
    if place is None:
        raise RuleViolation(_("This fact has been corrected already. Correct the newer one."))
    return moves[place - 1] if place else None, moves[place + 1] if place + 1 < len(moves) else None


def _counts(project):
    """Whether the project stands in a verified or reported figure: from its first formal signing on."""
    return project.signed_on is not None or project.states.in_stages(AFTER_SIGNING).known_at(None).exists()


def _correction(original, *, effective_on, is_void, reason, at, by, **payload):
    """A new fact in place of `original`. A fact is corrected once; to go on, correct the correction.

    On a project that counts every correction waits for verification, also that of a fact which needed none itself:
    moved across the signing it would change a verified figure.
    """
    if not reason.strip():
        refuse("reason", _("Write why the fact is corrected."))
    if type(original).objects.filter(corrects=original).exists():
        raise RuleViolation(_("This fact has been corrected already. Correct the newer one."))
    effective_on = original.effective_on if effective_on is None else effective_on
    refuse_future("effective_on", effective_on, at)
    if effective_on < original.project.opened_on and not is_void:
        refuse(
            "effective_on",
            _("The project was opened on %(day)s; nothing of it can be earlier.")
            % {"day": original.project.opened_on.isoformat()},
        )
    return type(original).objects.create(
        project=original.project,
        effective_on=effective_on,
        is_void=is_void,
        reason=reason.strip(),
        corrects=original,
        needs_verification=original.needs_verification or _counts(original.project),
        recorded_at=at,
        recorded_by=by,
        **payload,
    )


@transaction.atomic
def correct_stage_change(
    change, *, effective_on=None, to=None, is_void=False, reason, evidence=(), expected_version=None, at, by
):
    """Put right when, or whether, a project entered a stage; the old fact stays as what was believed before."""
    require(by, "projects.correct_fact", change.project.park)
    project = _locked(change.project, expected_version)
    at = _moment(project, at)
    change.project = project
    stage = Stage(to) if to else Stage(change.to_stage)
    if stage != change.to_stage and not is_void:
        _refuse_closed_gate(project, stage)
    corrected = _correction(
        change,
        effective_on=effective_on,
        is_void=is_void,
        reason=reason,
        at=at,
        by=by,
        from_stage=change.from_stage,
        to_stage=stage,
    )
    corrected.needs_verification |= stage in AFTER_SIGNING
    corrected.save(update_fields=["needs_verification"])
    corrected.evidence.set(_own(evidence, project))
    _move_the_signed_amount(change, corrected, at=at, by=by)
    _refuse_impossible_order(project, at)
    before = {"stage": change.to_stage, "effective_on": change.effective_on, "is_void": change.is_void}
    after = {"stage": stage, "effective_on": corrected.effective_on, "is_void": is_void}
    _finish(project, at)
    record("projects.correct_fact", project, park=project.park_id, changes=diff(before, after), at=at, by=by)
    return corrected


def _refuse_closed_gate(project, stage):
    """A correction to another stage passes the gate of that stage, as a step would."""
    skipped = lifecycle.does_not_apply(project, stage)
    kinds = attached_kinds(project)
    demands = lifecycle.gate(stage, extra_requirements(project).get(stage, ()))
    reasons = [skipped] if skipped else [str(each.missing) for each in demands if not each.is_met(project, kinds)]
    if stage == Stage.SIGNED and not project.total_investment_wan:
        reasons.append(_("The agreed total investment is not filled in."))
    if reasons:
        raise RuleViolation(*reasons)


def _move_the_signed_amount(change, corrected, *, at, by):
    """The amount agreed at a signing goes where its signing goes, and is verified with it; a new signing gets one."""
    signed = _signed_amount(change)
    if signed is not None:
        _correction(
            signed,
            effective_on=corrected.effective_on,
            is_void=corrected.is_void or corrected.to_stage != change.to_stage,
            reason=corrected.reason,
            at=at,
            by=by,
            kind=signed.kind,
            amount_wan=signed.amount_wan,
            stage_change=corrected,
        )
    elif corrected.to_stage == Stage.SIGNED and not corrected.is_void:
        InvestmentChange.objects.create(
            project=corrected.project,
            kind=InvestmentKind.SIGNING,
            amount_wan=corrected.project.total_investment_wan,
            stage_change=corrected,
            effective_on=corrected.effective_on,
            needs_verification=True,
            recorded_at=at,
            recorded_by=by,
        )


def _signed_amount(change):
    """The standing amount that was agreed at this signing, however often either of the two was corrected; or None."""
    signings = {each.pk for each in _chain(change)}
    amounts = InvestmentChange.objects.filter(project=change.project, kind=InvestmentKind.SIGNING, is_void=False)
    standing = amounts.uncorrected().select_related("corrects")
    return next((a for a in standing if any(each.stage_change_id in signings for each in _chain(a))), None)


def _chain(fact):
    """A fact and those it corrects, up to the first."""
    found = []
    while fact is not None:
        found.append(fact)
        fact = fact.corrects
    return found


def _refuse_impossible_order(project, at):
    """A correction may not leave a sequence of stages that the network forbids."""
    entries = history.stage_entries(history.in_line(as_known(facts_of(project), Basis.REPORTED)), at)
    sequence = [stage for stage, _day in entries]
    if not sequence or sequence[0] not in OPENING_STAGES:
        raise RuleViolation(_("The opening of the project must stay its first stage."))
    if broken := lifecycle.broken_step(sequence):
        names = {"stage": Stage(broken[0]).label, "to": Stage(broken[1]).label}
        raise RuleViolation(
            _("So corrected, “%(to)s” would follow “%(stage)s”, which no step allows. Correct the other one too.")
            % names
        )
    signed_on = history.first_formal_signing(entries)
    increases = project.investment_changes.uncorrected().filter(kind=InvestmentKind.INCREASE, is_void=False)
    if signed_on and increases.filter(effective_on__lt=signed_on).exists():
        raise RuleViolation(_("So corrected, a capital increase would be earlier than the signing. Correct it first."))


@transaction.atomic
def correct_investment_change(
    change, *, amount_wan=None, effective_on=None, is_void=False, reason, evidence=(), expected_version=None, at, by
):
    """Put right an agreed total or an increment."""
    require(by, "projects.correct_fact", change.project.park)
    project = _locked(change.project, expected_version)
    at = _moment(project, at)
    change.project = project
    amount = change.amount_wan if amount_wan is None else amount_wan
    if amount <= 0:
        refuse("amount_wan", _("Enter an amount of more than 0."))
    if is_void and change.kind != InvestmentKind.INCREASE:
        refuse("is_void", _("The agreed total cannot be void; correct its amount."))
    _refuse_impossible_day(project, change, effective_on)
    corrected = _correction(
        change,
        effective_on=effective_on,
        is_void=is_void,
        reason=reason,
        at=at,
        by=by,
        kind=change.kind,
        amount_wan=amount,
    )
    corrected.evidence.set(_own(evidence, project))
    before = {"amount_wan": change.amount_wan, "effective_on": change.effective_on}
    after = {"amount_wan": None if is_void else amount, "effective_on": corrected.effective_on}
    _finish(project, at)
    record("projects.correct_fact", project, park=project.park_id, changes=diff(before, after), at=at, by=by)
    return corrected


def _refuse_impossible_day(project, change, effective_on):
    """An amount is agreed on the day of its signing, planned before it, and increased after it."""
    if effective_on is None or effective_on == change.effective_on or project.signed_on is None:
        return
    day = {"day": project.signed_on.isoformat()}
    if change.kind == InvestmentKind.SIGNING:
        refuse(
            "effective_on", _("The amount was agreed at the signing on %(day)s. Correct the date of that step.") % day
        )
    if change.kind == InvestmentKind.PLAN and effective_on > project.signed_on:
        refuse("effective_on", _("The project was signed on %(day)s; a plan cannot be later.") % day)
    if change.kind == InvestmentKind.INCREASE and effective_on < project.signed_on:
        refuse("effective_on", _("The project was signed on %(day)s; an increase cannot be earlier.") % day)


@transaction.atomic
def verify_fact(fact, *, verdict, reason="", at, by):
    """Accept or reject what a park reported (认定). Written once; whoever reported a fact cannot verify it."""
    require(by, "projects.verify_fact", fact.project.park)
    project = _locked(fact.project)
    at = _moment(project, at)
    fact = type(fact).objects.select_for_update(of=("self",)).get(pk=fact.pk)
    if verdict not in Verdict.values:
        refuse("verdict", _("Accept or reject."))
    if not fact.is_pending:
        raise RuleViolation(_("This fact no longer waits for verification."))
    if fact.recorded_by_id == by.pk:
        raise RuleViolation(_("You reported this yourself. Somebody else has to verify it."))
    if verdict == Verdict.REJECTED and not reason.strip():
        refuse("reason", _("Write why it is rejected, so that the park can put it right."))
    _write_verdict(fact, verdict, reason, at=at, by=by)
    if isinstance(fact, StageChange):
        for amount in InvestmentChange.objects.pending().filter(stage_change=fact):
            _write_verdict(amount, verdict, reason, at=at, by=by)
    before = {"verified_stage": project.verified_stage, "verified_total_wan": project.verified_total_wan}
    _finish(project, at)
    after = {
        "verified_stage": project.verified_stage,
        "verified_total_wan": project.verified_total_wan,
        "verdict": verdict,
    }
    record("projects.verify_fact", project, park=project.park_id, changes=diff(before, after), at=at, by=by)
    return fact


def _write_verdict(fact, verdict, reason, *, at, by):
    fact.verdict, fact.verdict_at, fact.verdict_by, fact.verdict_reason = verdict, at, by, reason.strip()
    fact.save(update_fields=["verdict", "verdict_at", "verdict_by", "verdict_reason"])


@transaction.atomic
def verify_project(project, *, verdict, reason="", expected_version=None, at, by):
    """One verdict on everything a project has waiting, oldest first; refuses where nothing waits."""
    require(by, "projects.verify_fact", project.park)
    project = _locked(project, expected_version)
    waiting = [
        *project.stage_changes.pending(),
        *project.investment_changes.pending().filter(stage_change__isnull=True),
    ]
    if not waiting:
        raise RuleViolation(_("Nothing of this project waits for verification."))
    return [
        verify_fact(fact, verdict=verdict, reason=reason, at=at, by=by)
        for fact in sorted(waiting, key=lambda f: (f.recorded_at, f.pk))
    ]


# ── documents, conversations, signing events, requirements ───────────────────────────────────────────────────────────


@transaction.atomic
def attach_document(project, *, kind, file, title="", at, by):
    """Keep a piece of evidence. The file is judged by its content; see `core.uploads` for what is refused."""
    require(by, "projects.attach_document", project.park)
    checked = check_upload(file)
    document = Document(
        project=project,
        kind=kind,
        title=title.strip() or file.name,
        stored_name=store(file),
        content_type=checked.content_type,
        sha256=checked.sha256,
        size_bytes=checked.size,
        uploaded_at=at,
        uploaded_by=by,
    )
    refuse_invalid(document)
    document.save()
    record(
        "projects.attach_document",
        project,
        park=project.park_id,
        changes=diff({}, {"kind": kind, "sha256": checked.sha256}),
        at=at,
        by=by,
    )
    return document


@transaction.atomic
def record_project_interaction(project, *, summary, at, by, **given):
    """Log a conversation about a project; the right to do so is asked by `crm.record_interaction`."""
    interaction = record_interaction(park=project.park, company=project.company, summary=summary, at=at, by=by, **given)
    ProjectInteraction.objects.create(project=project, interaction=interaction)
    return interaction


@transaction.atomic
def record_signing_event(*, park, name, held_on, at, by, **given):
    require(by, "projects.record_signing_event", park)
    refuse_future("held_on", held_on, at)
    event = SigningEvent(park=park, name=name.strip(), held_on=held_on, recorded_at=at, recorded_by=by, **given)
    refuse_invalid(event)
    event.save()
    record("projects.record_signing_event", event, park=park.pk, at=at, by=by)
    return event


@transaction.atomic
def list_at_signing_event(event, project, *, kind, at, by):
    """Put a project on the list of an event. Whether it counts there is asked of the entries, not stored."""
    require(by, "projects.record_signing_event", event.park)
    require(by, "projects.record_signing_event", project.park)
    if SigningEntry.objects.filter(event=event, project=project).exists():
        refuse("project", _("%(project)s is on the list already.") % {"project": project})
    entry = SigningEntry(event=event, project=project, kind=kind)
    refuse_invalid(entry)
    entry.save()
    record(
        "projects.record_signing_event",
        event,
        park=event.park_id,
        changes=diff({}, {"project": project.name}),
        at=at,
        by=by,
    )
    return entry


@transaction.atomic
def take_off_signing_event(entry, *, at, by):
    require(by, "projects.record_signing_event", entry.event.park)
    changes = diff({"project": entry.project.name}, {})
    record("projects.record_signing_event", entry.event, park=entry.event.park_id, changes=changes, at=at, by=by)
    entry.delete()


@transaction.atomic
def add_requirement(*, park, stage, field="", document="", at, by):
    """Demand one thing more for entering a stage, in `park` and below it."""
    require(by, "projects.set_requirements", park)
    if field and field not in REQUIRABLE_FIELDS:
        refuse("field", _("This field cannot be demanded."))
    extra = ExtraRequirement(park=park, stage=stage, field=field, document=document)
    refuse_invalid(extra)
    extra.save()
    record(
        "projects.set_requirements",
        park,
        park=park.pk,
        changes=diff({}, {"stage": stage, "demands": field or document}),
        at=at,
        by=by,
    )
    return extra


@transaction.atomic
def drop_requirement(extra, *, at, by):
    require(by, "projects.set_requirements", extra.park)
    changes = diff({"stage": extra.stage, "demands": extra.field or extra.document}, {})
    record("projects.set_requirements", extra.park, park=extra.park_id, changes=changes, at=at, by=by)
    extra.delete()
