"""The project's life as data: stages P10 to P140 and X10 to X40, the network of steps and the gate of each.

Order is a network, not a line: lease projects have no land step, a structure may top out ten days after signing.
What is enforced is the gate, that is the fields and the evidence a stage demands before entry. The one thing that no
step can go round is the formal signing: every stage after it presumes it, so a stage alone tells its bucket.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy


class Stage(models.TextChoices):
    RESERVE = "reserve", gettext_lazy("In reserve")
    CONTACT = "contact", gettext_lazy("First contact")
    NEGOTIATING = "negotiating", gettext_lazy("Under negotiation")
    REVIEW = "review", gettext_lazy("Under review")
    DECISION = "decision", gettext_lazy("Submitted to the meeting")
    FRAMEWORK = "framework", gettext_lazy("Framework agreement signed")
    SIGNED = "signed", gettext_lazy("Formally signed")
    REGISTERED = "registered", gettext_lazy("Local company registered")
    FILED = "filed", gettext_lazy("Filed and approved")
    LAND_SUPPLIED = "land_supplied", gettext_lazy("Land supplied")
    STARTED = "started", gettext_lazy("Construction started")
    IN_STATISTICS = "in_statistics", gettext_lazy("In the statistics library")
    BUILDING = "building", gettext_lazy("Continuing construction")
    TOPPED_OUT = "topped_out", gettext_lazy("Topped out")
    COMPLETED = "completed", gettext_lazy("Completed")
    COMMISSIONED = "commissioned", gettext_lazy("Commissioned")
    ABOVE_SIZE = "above_size", gettext_lazy("Above-size enterprise")
    FULL_OUTPUT = "full_output", gettext_lazy("Full production")
    PAUSED = "paused", gettext_lazy("Paused")
    TRANSFERRED = "transferred", gettext_lazy("Transferred out of the zone")
    TERMINATED = "terminated", gettext_lazy("Terminated")
    REMOVED = "removed", gettext_lazy("Removed")


S = Stage
CODES = {
    S.RESERVE: "P10",
    S.CONTACT: "P20",
    S.NEGOTIATING: "P30",
    S.REVIEW: "P40",
    S.DECISION: "P50",
    S.SIGNED: "P60",
    S.FRAMEWORK: "P61",
    S.REGISTERED: "P70",
    S.FILED: "P75",
    S.LAND_SUPPLIED: "P80",
    S.STARTED: "P90",
    S.IN_STATISTICS: "P95",
    S.BUILDING: "P100",
    S.TOPPED_OUT: "P110",
    S.COMPLETED: "P120",
    S.COMMISSIONED: "P130",
    S.ABOVE_SIZE: "P135",
    S.FULL_OUTPUT: "P140",
    S.PAUSED: "X10",
    S.TRANSFERRED: "X20",
    S.TERMINATED: "X30",
    S.REMOVED: "X40",
}
BY_CODE = {code: stage for stage, code in CODES.items()}

PATH = (
    S.RESERVE,
    S.CONTACT,
    S.NEGOTIATING,
    S.REVIEW,
    S.DECISION,
    S.FRAMEWORK,
    S.SIGNED,
    S.REGISTERED,
    S.FILED,
    S.LAND_SUPPLIED,
    S.STARTED,
    S.IN_STATISTICS,
    S.BUILDING,
    S.TOPPED_OUT,
    S.COMPLETED,
    S.COMMISSIONED,
    S.ABOVE_SIZE,
    S.FULL_OUTPUT,
)
"""The order in which stages are drawn, and by which a step counts as backward."""

FORWARD = {
    S.RESERVE: (S.CONTACT, S.NEGOTIATING),
    S.CONTACT: (S.NEGOTIATING,),
    S.NEGOTIATING: (S.REVIEW, S.DECISION, S.FRAMEWORK),
    S.REVIEW: (S.DECISION, S.FRAMEWORK),
    S.DECISION: (S.SIGNED, S.FRAMEWORK),
    S.FRAMEWORK: (S.REVIEW, S.DECISION),
    S.SIGNED: (S.REGISTERED, S.FILED, S.LAND_SUPPLIED, S.STARTED),
    S.REGISTERED: (S.FILED, S.LAND_SUPPLIED, S.STARTED, S.IN_STATISTICS),
    S.FILED: (S.REGISTERED, S.LAND_SUPPLIED, S.STARTED, S.IN_STATISTICS),
    S.LAND_SUPPLIED: (S.REGISTERED, S.FILED, S.STARTED),
    S.STARTED: (S.IN_STATISTICS, S.BUILDING, S.TOPPED_OUT, S.COMPLETED),
    S.IN_STATISTICS: (S.BUILDING, S.TOPPED_OUT, S.COMPLETED),
    S.BUILDING: (S.IN_STATISTICS, S.TOPPED_OUT, S.COMPLETED),
    S.TOPPED_OUT: (S.IN_STATISTICS, S.COMPLETED),
    S.COMPLETED: (S.IN_STATISTICS, S.COMMISSIONED),
    S.COMMISSIONED: (S.ABOVE_SIZE, S.FULL_OUTPUT),
    S.ABOVE_SIZE: (S.FULL_OUTPUT,),
    S.FULL_OUTPUT: (),
    S.PAUSED: (),  # goes back to where it was paused
    S.TRANSFERRED: (),
    S.TERMINATED: (),
    S.REMOVED: (),
}
MILESTONES = (
    S.SIGNED,
    S.REGISTERED,
    S.LAND_SUPPLIED,
    S.STARTED,
    S.TOPPED_OUT,
    S.COMPLETED,
    S.COMMISSIONED,
    S.FULL_OUTPUT,
)
PROMISES = {
    S.STARTED: "start_due_on",
    S.COMPLETED: "completion_due_on",
    S.COMMISSIONED: "commissioning_due_on",
    S.FULL_OUTPUT: "full_output_due_on",
}
"""The field that holds the day promised for a stage."""
LATE_AFTER_DAYS = 3
"""A fact recorded more days than this after it happened is shown as late (a setting of ours, no rule was found)."""
EVENT_WITHIN_DAYS = 30
"""A signing event counts a project only this close to its formal signing, before or after: agreements are signed for a
ceremony and the papers follow within weeks (a setting of ours, no rule was found)."""
FINAL = (S.TRANSFERRED, S.TERMINATED, S.REMOVED)
EXITS = (S.PAUSED, *FINAL)
AFTER_SIGNING = PATH[PATH.index(S.SIGNED) :]


class Bucket(models.TextChoices):
    AWAITING_START = "awaiting_start", gettext_lazy("Signed, not started")
    UNDER_CONSTRUCTION = "under_construction", gettext_lazy("Under construction")
    COMMISSIONED = "commissioned", gettext_lazy("Commissioned")


BUCKETS = {
    Bucket.AWAITING_START: (S.SIGNED, S.REGISTERED, S.FILED, S.LAND_SUPPLIED),
    Bucket.UNDER_CONSTRUCTION: (S.STARTED, S.IN_STATISTICS, S.BUILDING, S.TOPPED_OUT, S.COMPLETED),
    Bucket.COMMISSIONED: (S.COMMISSIONED, S.ABOVE_SIZE, S.FULL_OUTPUT),
}
NOT_COUNTED = (S.RESERVE, S.CONTACT, S.NEGOTIATING, S.REVIEW, S.DECISION, S.FRAMEWORK, *EXITS)


def stages_of(bucket, *, completed_counts=True):
    """The stages counted in `bucket`. Whether 竣工未投产 counts as 在建 is a setting of the zone."""
    return tuple(stage for stage in BUCKETS[bucket] if completed_counts or stage != S.COMPLETED)


def bucket_of(stage, *, completed_counts=True):
    """The bucket a stage is counted in, or None."""
    return next((bucket for bucket in Bucket if stage in stages_of(bucket, completed_counts=completed_counts)), None)


class SiteMode(models.TextChoices):
    GRANT = "grant", gettext_lazy("Land granted")
    LEASE = "lease", gettext_lazy("Leased space")
    BUILD_LEASE = "build_lease", gettext_lazy("Build-to-suit lease")
    STOCK_PLANT = "stock_plant", gettext_lazy("Existing plant")


WITHOUT_LAND = (SiteMode.LEASE, SiteMode.BUILD_LEASE, SiteMode.STOCK_PLANT)


class DocumentKind(models.TextChoices):
    PROPOSAL = "proposal", gettext_lazy("Project plan or draft agreement")
    APPLICATION = "application", gettext_lazy("Application with feasibility study")
    MINUTE = "minute", gettext_lazy("Meeting minute")
    LEGAL_OPINION = "legal_opinion", gettext_lazy("Legal opinion")
    FAIR_REVIEW = "fair_review", gettext_lazy("Fair-competition review")
    FRAMEWORK = "framework", gettext_lazy("Framework agreement")
    AGREEMENT = "agreement", gettext_lazy("Signed investment agreement")
    LICENCE = "licence", gettext_lazy("Business licence")
    FILING = "filing", gettext_lazy("Filing or approval document")
    LAND_CONTRACT = "land_contract", gettext_lazy("Land contract")
    START_PROOF = "start_proof", gettext_lazy("Builder's contract or dated site photo")
    STATISTICS_RECEIPT = "statistics_receipt", gettext_lazy("Receipt of the statistics library")
    TOPPING_OUT = "topping_out", gettext_lazy("Topping-out record or photo")
    ACCEPTANCE = "acceptance", gettext_lazy("Acceptance record")
    PRODUCTION_PROOF = "production_proof", gettext_lazy("First invoice, power record or trial-production permit")
    ABOVE_SIZE_PROOF = "above_size_proof", gettext_lazy("Confirmation as above-size enterprise")
    OUTPUT_PROOF = "output_proof", gettext_lazy("Output and tax data")
    TRANSFER_ORDER = "transfer_order", gettext_lazy("Transfer order")
    SETTLEMENT = "settlement", gettext_lazy("Settlement of land and money")
    REMOVAL_DECISION = "removal_decision", gettext_lazy("Decision on removal")
    INCREASE = "increase", gettext_lazy("Agreement on the capital increase")
    OTHER = "other", gettext_lazy("Other")


@dataclass(frozen=True)
class Requirement:
    """One thing a stage demands: a field of the project that is filled, or a document of a kind that is attached."""

    missing: str
    field: str = ""
    document: str = ""

    def is_met(self, project, documents):
        """`documents` holds the kinds attached to the project."""
        return self.document in documents if self.document else bool(getattr(project, self.field))


def needs(field, missing):
    return Requirement(missing, field=field)


def needs_document(kind, missing):
    return Requirement(missing, document=kind)


class NotCounted(models.TextChoices):
    """Why an entry of a signing event adds nothing to the figures of the event; empty where it counts."""

    KIND = "kind", gettext_lazy("Adds no project")
    UNSIGNED = "unsigned", gettext_lazy("Not formally signed")
    ELSEWHERE = "elsewhere", gettext_lazy("Counted at another event")
    FAR = "far", gettext_lazy("Signed too far from the day of the event")


D = DocumentKind
GATES = {
    S.RESERVE: (),
    S.CONTACT: (needs("company_id", gettext_lazy("The investor is not named.")),),
    S.NEGOTIATING: (
        needs("content", gettext_lazy("The content of the investment is not filled in.")),
        needs("total_investment_wan", gettext_lazy("The total investment is not filled in.")),
    ),
    S.REVIEW: (
        needs_document(D.APPLICATION, gettext_lazy("The application with the feasibility study is not attached.")),
    ),
    S.DECISION: (
        needs_document(D.MINUTE, gettext_lazy("The meeting minute is not attached.")),
        needs_document(D.LEGAL_OPINION, gettext_lazy("The legal opinion is not attached.")),
        needs_document(D.FAIR_REVIEW, gettext_lazy("The fair-competition review is not attached.")),
    ),
    S.FRAMEWORK: (needs_document(D.FRAMEWORK, gettext_lazy("The framework agreement is not attached.")),),
    S.SIGNED: (
        needs_document(D.AGREEMENT, gettext_lazy("The signed investment agreement is not attached.")),
        needs("contracted_investment_wan", gettext_lazy("The contracted outside capital is not filled in.")),
        needs("site_mode", gettext_lazy("It is not said how the site is provided (land or lease).")),
    ),
    S.REGISTERED: (
        needs("legal_entity_code", gettext_lazy("The credit code of the local company is not filled in.")),
        needs_document(D.LICENCE, gettext_lazy("The business licence is not attached.")),
    ),
    S.FILED: (
        needs("filing_no", gettext_lazy("The number of the filing or approval is not filled in.")),
        needs_document(D.FILING, gettext_lazy("The filing or approval document is not attached.")),
    ),
    S.LAND_SUPPLIED: (
        needs("land_contract_no", gettext_lazy("The number of the land contract is not filled in.")),
        needs_document(D.LAND_CONTRACT, gettext_lazy("The land contract is not attached.")),
    ),
    S.STARTED: (
        needs_document(
            D.START_PROOF, gettext_lazy("Neither the builder's contract nor a dated site photo is attached.")
        ),
    ),
    S.IN_STATISTICS: (
        needs_document(D.STATISTICS_RECEIPT, gettext_lazy("The receipt of the statistics library is not attached.")),
    ),
    S.BUILDING: (needs("annual_plan_wan", gettext_lazy("The investment planned for the year is not filled in.")),),
    S.TOPPED_OUT: (needs_document(D.TOPPING_OUT, gettext_lazy("The topping-out record or photo is not attached.")),),
    S.COMPLETED: (needs_document(D.ACCEPTANCE, gettext_lazy("The acceptance record is not attached.")),),
    S.COMMISSIONED: (
        needs("legal_entity_code", gettext_lazy("The credit code of the local company is not filled in.")),
        needs_document(
            D.PRODUCTION_PROOF, gettext_lazy("No first invoice, power record or trial-production permit is attached.")
        ),
    ),
    S.ABOVE_SIZE: (
        needs_document(D.ABOVE_SIZE_PROOF, gettext_lazy("The confirmation as above-size enterprise is not attached.")),
    ),
    S.FULL_OUTPUT: (needs_document(D.OUTPUT_PROOF, gettext_lazy("The output and tax data are not attached.")),),
    S.PAUSED: (),
    S.TRANSFERRED: (needs_document(D.TRANSFER_ORDER, gettext_lazy("The transfer order is not attached.")),),
    S.TERMINATED: (needs_document(D.SETTLEMENT, gettext_lazy("The settlement of land and money is not attached.")),),
    S.REMOVED: (needs_document(D.REMOVAL_DECISION, gettext_lazy("The decision on the removal is not attached.")),),
}

REQUIRABLE_FIELDS = {
    "filing_no",
    "land_contract_no",
    "construction_permit_no",
    "legal_entity_code",
    "annual_plan_wan",
    "start_due_on",
    "completion_due_on",
    "commissioning_due_on",
    "land_area_mu",
    "floor_area_sqm",
    "steward_id",
    "sponsor_id",
}
"""Fields a zone may additionally demand, by rows of `ExtraRequirement`; never code."""


def steps(stage, *, paused_from=""):
    """The forward steps out of a stage. `paused_from` is the stage in which a paused project stood."""
    stage = Stage(stage)
    if stage in FINAL:
        return ()
    if stage == S.PAUSED:
        return tuple(s for s in (paused_from, S.TERMINATED, S.REMOVED) if s)
    exits = (S.PAUSED, S.TRANSFERRED, S.TERMINATED, *((S.REMOVED,) if stage in AFTER_SIGNING else ()))
    return (*FORWARD[stage], *exits)


def backward_steps(stage):
    """Earlier stages a project may fall back to, with a reason. The formal signing is undone only by a correction."""
    if stage not in PATH:
        return ()
    start = PATH.index(S.SIGNED) if stage in AFTER_SIGNING else 0
    return tuple(s for s in PATH[start : PATH.index(stage)] if s not in FORWARD[stage] and s != S.FRAMEWORK)


def needs_reason(stage, to):
    return to in EXITS or to in backward_steps(stage) or stage == S.PAUSED


def does_not_apply(project, stage):
    """A sentence saying why this stage is skipped by this project, or an empty text."""
    if stage == S.LAND_SUPPLIED and project.site_mode in WITHOUT_LAND:
        return _("A project in leased or existing space has no land step.")
    return ""


def next_stages(project):
    """Forward steps open to the project as it stands, without those that do not apply to it."""
    return tuple(s for s in steps(project.stage, paused_from=project.paused_from) if not does_not_apply(project, s))


def is_step(project, to):
    return to in next_stages(project) or to in backward_steps(project.stage)


def missing(project, to, documents, extra=()):
    """What entering `to` still needs, by its gate and by the zone's `extra` demands. A step back needs none."""
    if to in backward_steps(project.stage) or project.stage == S.PAUSED and to == project.paused_from:
        return []
    return [str(r.missing) for r in gate(to, extra) if not r.is_met(project, documents)]


def obstacles(project, to, documents, *, reason="", extra=()):
    """Why `project` may not enter `to` now; empty means the gate is open."""
    to = Stage(to)
    if to == project.stage:
        return [_("The project already stands at “%(stage)s”.") % {"stage": to.label}]
    if sentence := does_not_apply(project, to):
        return [sentence]
    if not is_step(project, to):
        return [
            _("From “%(stage)s” there is no step to “%(to)s”.") % {"stage": Stage(project.stage).label, "to": to.label}
        ]
    reasons = missing(project, to, documents, extra)
    if needs_reason(project.stage, to) and not reason.strip():
        reasons.append(_("This step needs a reason."))
    return reasons


def since_fallen_back(entered):
    """Of the stages entered, in order, those since the latest backward step: what came before is still to do again."""
    run = [Stage(stage) for stage in entered if stage != S.PAUSED]
    falls = [n for n in range(1, len(run)) if run[n] in backward_steps(run[n - 1])]
    return run[falls[-1] :] if falls else run


def usual_step(project, entered=()):
    """The step a project takes next in the ordinary run, or None: forward, not yet taken, and open to it."""
    if project.stage == S.PAUSED:
        return Stage(project.paused_from) if project.paused_from else None
    entered = since_fallen_back(entered)
    ahead = [s for s in FORWARD[Stage(project.stage)] if s not in entered and not does_not_apply(project, s)]
    further = [s for s in ahead if project.stage in PATH and PATH.index(s) > PATH.index(project.stage)]
    return next(iter(further or ahead), None)


def milestones_ahead(project, entered=()):
    """The steps drawn as still to come: the usual one and the milestones after it, also those that do not apply."""
    if project.stage not in PATH:
        return ()
    usual = usual_step(project, entered)
    entered = since_fallen_back(entered)
    start = PATH.index(usual or project.stage)
    return tuple(s for s in PATH[start:] if s == usual or s in MILESTONES and s not in entered and s != project.stage)


def gate(to, extra=()):
    """Everything entering `to` demands, met or not."""
    return (*GATES[Stage(to)], *extra)


def checklist(project, documents, extra_by_stage=None):
    """What each next step still needs: [(stage, [sentence, …]), …], forward steps first, exits last."""
    extra_by_stage = extra_by_stage or {}
    return [(to, missing(project, to, documents, extra_by_stage.get(to, ()))) for to in next_stages(project)]


def broken_step(sequence):
    """The first pair (from, to) of a stage sequence that the network forbids, or None. Used to judge corrections."""
    paused_from = ""
    for came_from, to in zip(sequence, sequence[1:], strict=False):
        if to not in steps(came_from, paused_from=paused_from) and to not in backward_steps(came_from):
            return came_from, to
        paused_from = came_from if to == S.PAUSED else ""
    return None


# Every stage is placed: a new one that nobody thought about stops the program at import.
for _stage in Stage:
    if not (
        _stage in FORWARD
        and _stage in GATES
        and _stage in CODES
        and ((bucket_of(_stage) is None) == (_stage in NOT_COUNTED))
    ):
        raise AssertionError(f"{_stage} lacks its steps, gate, code or bucket")
