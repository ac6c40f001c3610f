"""Every write to companies, contacts, leads and interactions; each verb is one function and one transaction."""

from uuid import uuid4

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core.audit import diff, record
from core.dates import local_day
from core.errors import RuleViolation
from core.fields import normalise_credit_code
from core.rules import refuse, refuse_future, refuse_invalid, refuse_stale
from crm.lifecycle import LeadStage, beside, is_backward, obstacles
from crm.models import Company, CompanyAlias, CompanyPark, Contact, Interaction, Lead, LeadStageChange
from crm.names import normal_name
from parks.access import may, require

COMPANY_EDITABLE = (
    "name",
    "credit_code",
    "ownership",
    *Company.GRADES,
    "industry",
    "country",
    "registration_no",
    "address",
    "website",
    "profile",
)
CONTACT_EDITABLE = ("full_name", "post", "phone", "email", "wechat", "note")
LEAD_EDITABLE = (
    "title",
    "received_on",
    "source",
    "referrer",
    "content",
    "intended_investment_wan",
    "industry",
    "land_wanted_mu",
    "floor_wanted_sqm",
    "site_wishes",
    "needs",
    "owner",
    "next_step",
    "next_step_due_on",
)


def _apply(instance, changes, editable):
    """Set the changed fields; return (before, after) of all editable ones."""
    before = {field: getattr(instance, field) for field in editable}
    for field, value in changes.items():
        if field not in editable:
            refuse(field, _("The field %(field)s cannot be edited.") % {"field": field})
        setattr(instance, field, value)
    return before, {field: getattr(instance, field) for field in editable}


def _audited(changes):
    return {key: getattr(value, "pk", value) for key, value in changes.items()}


@transaction.atomic
def register_company(*, name, park, credit_code="", aliases=(), is_another=False, at, by, **given):
    """Register a company in `park`.

    A credit code that is registered already is refused, and so is a name unless somebody looked and says that it
    `is_another`. Of a company the viewer may not see, the refusal tells only which park knows it since when.
    """
    require(by, "crm.register_company", park)
    code = normalise_credit_code(credit_code) if credit_code else None
    company = Company(
        name=name.strip(), normal_name=normal_name(name), credit_code=code, recorded_at=at, recorded_by=by, **given
    )
    _refuse_taken_code(code, by)
    if not is_another:
        _refuse_known_name("name", name, by)
    refuse_invalid(company, exclude=["normal_name"])
    _saved_with_code(company, by)
    CompanyAlias.objects.bulk_create([CompanyAlias(company=company, name=alias) for alias in _names(aliases)])
    CompanyPark.objects.create(company=company, park=park, introduced_at=at, introduced_by=by)
    record(
        "crm.register_company",
        company,
        park=park.pk,
        changes=diff({}, {"name": company.name, "credit_code": code}),
        at=at,
        by=by,
    )
    return company


def _names(aliases):
    return sorted({alias.strip() for alias in aliases if alias.strip()})


def _saved_with_code(company, by):
    try:
        with transaction.atomic():
            company.save()
    except IntegrityError:  # the code was registered by somebody else between our look and our write
        _refuse_taken_code(company.credit_code, by, other_than=company.pk)
        raise


def _refuse_known_name(field, name, by):
    known = Company.objects.called(name)
    if seen := known.visible_to(by).first():
        sentence = _("%(company)s is already registered. Choose that record, or say that this is another company.")
        refuse(field, sentence % {"company": seen.name})
    if unseen := known.order_by("recorded_at").first():
        sentence = _(
            "A company of this name was registered by %(park)s on %(day)s. Its content is not visible here: "
            "contact that park, or say that this is another company."
        )
        refuse(field, sentence % first_registration(unseen))


def first_registration(company):
    """All that a stranger may learn of a company: which park registered it, and on which day."""
    first = company.known_in.select_related("park").order_by("introduced_at", "pk").first()
    return {"park": first.park.name if first else "—", "day": local_day(company.recorded_at).isoformat()}


def _refuse_taken_code(code, by, other_than=None):
    taken = Company.objects.filter(credit_code=code).exclude(pk=other_than).first() if code else None
    if taken is None:
        return
    if Company.objects.visible_to(by).filter(pk=taken.pk).exists():
        refuse(
            "credit_code",
            _("%(company)s is already registered with this credit code. Use that record.") % {"company": taken.name},
        )
    refuse(
        "credit_code",
        _("This credit code was registered by %(park)s on %(day)s. Its content is not visible here; contact that park.")
        % first_registration(taken),
    )


@transaction.atomic
def introduce_company(company, *, park, at, by):
    """Make an existing company known in one more park. Called by the verbs that open a lead or a project there."""
    link, made = CompanyPark.objects.get_or_create(
        company=company, park=park, defaults={"introduced_at": at, "introduced_by": by}
    )
    if made:
        record("crm.introduce_company", company, park=park.pk, at=at, by=by)
    return link


def require_for_company(by, verb, company):
    """A company is edited by whoever may do so in one of the parks where it is known; returns that park."""
    parks = [link.park for link in company.known_in.select_related("park").order_by("pk")]
    allowed = [park for park in parks if may(by, verb, park)]
    require(by, verb, allowed[0] if allowed else next(iter(parks), None))
    return allowed[0] if allowed else None


@transaction.atomic
def edit_company(company, *, changes, aliases=None, expected_version=None, at, by):
    """Change fields of COMPANY_EDITABLE and, if given, the whole list of aliases."""
    park = require_for_company(by, "crm.edit_company", company)
    company = Company.objects.select_for_update().get(pk=company.pk)
    refuse_stale(company, expected_version, COMPANY_EDITABLE)
    if "credit_code" in changes:
        changes = {
            **changes,
            "credit_code": normalise_credit_code(changes["credit_code"]) if changes["credit_code"] else None,
        }
        _refuse_taken_code(changes["credit_code"], by, other_than=company.pk)
    before, after = _apply(company, changes, COMPANY_EDITABLE)
    company.normal_name = normal_name(company.name)
    company.version += 1
    refuse_invalid(company, exclude=["normal_name"])
    _saved_with_code(company, by)
    if aliases is not None:
        company.aliases.exclude(name__in=_names(aliases)).delete()
        present = set(company.aliases.values_list("name", flat=True))
        CompanyAlias.objects.bulk_create(
            [CompanyAlias(company=company, name=alias) for alias in _names(aliases) if alias not in present]
        )
    record("crm.edit_company", company, park=park.pk, changes=diff(before, after), at=at, by=by)
    return company


@transaction.atomic
def add_contact(company, *, full_name, at, by, **given):
    park = require_for_company(by, "crm.add_contact", company)
    contact = Contact(company=company, full_name=full_name, recorded_at=at, recorded_by=by, **given)
    refuse_invalid(contact)
    contact.save()
    record("crm.add_contact", contact, park=park.pk, at=at, by=by)
    return contact


@transaction.atomic
def edit_contact(contact, *, changes, expected_version=None, at, by):
    park = require_for_company(by, "crm.edit_contact", contact.company)
    contact = Contact.objects.select_for_update().get(pk=contact.pk)
    refuse_stale(contact, expected_version, CONTACT_EDITABLE)
    before, after = _apply(contact, changes, CONTACT_EDITABLE)
    contact.version += 1
    refuse_invalid(contact)
    contact.save()
    record("crm.edit_contact", contact, park=park.pk, changes=diff(before, after), at=at, by=by)
    return contact


@transaction.atomic
def register_lead(
    *,
    park,
    company=None,
    company_name="",
    is_another=False,
    contact_name="",
    contact_phone="",
    received_on=None,
    owner=None,
    at,
    by,
    **given,
):
    """Log a lead of a known `company`, or of a `company_name` that is registered along with it.

    A name that is registered already is refused unless it `is_another`, as in `register_company`. The contact, where
    given, becomes one of the company's. `received_on` defaults to the day of `at`, `owner` to `by`.
    """
    require(by, "crm.register_lead", park)
    received_on = received_on or local_day(at)
    refuse_future("received_on", received_on, at)
    if owner is not None and owner != by:
        _refuse_idle_owner(owner, park)
    company = _company_of_new_lead(company, company_name, park, is_another=is_another, at=at, by=by)
    if contact_name.strip() or contact_phone.strip():
        _know_contact(company, contact_name.strip(), contact_phone.strip(), at=at, by=by)
    lead = Lead(
        park=park,
        company=company,
        received_on=received_on,
        owner=owner or by,
        stage=LeadStage.REGISTERED,
        stage_since=received_on,
        recorded_at=at,
        recorded_by=by,
        code=f"~{uuid4().hex[:18]}",
        **given,
    )
    refuse_invalid(lead)
    lead.save()
    # The key is the only number that is unique without a lock; the year is that of receipt.
    lead.code = f"L-{received_on.year}-{lead.pk:05d}"
    lead.save(update_fields=["code"])
    LeadStageChange.objects.create(
        lead=lead, to_stage=lead.stage, effective_on=received_on, recorded_at=at, recorded_by=by
    )
    record(
        "crm.register_lead",
        lead,
        park=park.pk,
        changes=diff({}, {"company": company.name, "park": park.name}),
        at=at,
        by=by,
    )
    return lead


def _company_of_new_lead(company, name, park, *, is_another, at, by):
    if company is not None:
        introduce_company(company, park=park, at=at, by=by)
        return company
    if not name.strip():
        refuse("company_name", _("Enter the company, even by a working name."))
    if not is_another:
        _refuse_known_name("company_name", name, by)
    try:
        return register_company(name=name, park=park, is_another=True, at=at, by=by)
    except RuleViolation as refused:
        if "name" in refused.fields:
            raise RuleViolation(fields={"company_name": refused.fields["name"]}) from refused
        raise


def _know_contact(company, full_name, phone, *, at, by):
    if not full_name:
        refuse("contact_name", _("Enter the name that belongs to this number."))
    if not company.contacts.filter(full_name=full_name, phone=phone).exists():
        add_contact(company, full_name=full_name, phone=phone, at=at, by=by)


def _refuse_idle_owner(owner, park):
    if not may(owner, "crm.edit_lead", park):
        facts = {"person": str(owner), "park": park.name}
        refuse("owner", _("%(person)s does not work on leads in %(park)s. Choose somebody who does.") % facts)


def _locked(lead):
    return Lead.objects.select_for_update(of=("self",)).select_related("park", "company").get(pk=lead.pk)


@transaction.atomic
def edit_lead(lead, *, changes, expected_version=None, at, by):
    """Change fields of LEAD_EDITABLE; nothing is written where nothing differs."""
    require(by, "crm.edit_lead", lead.park)
    lead = _locked(lead)
    refuse_stale(lead, expected_version, LEAD_EDITABLE)
    before, after = _apply(lead, changes, LEAD_EDITABLE)
    if before["received_on"] != after["received_on"]:
        _move_receipt(lead, at)
    if lead.owner is not None and before["owner"] != lead.owner:
        _refuse_idle_owner(lead.owner, lead.park)
    refuse_invalid(lead)
    changed = diff(_audited(before), _audited(after))
    if not changed:
        return lead
    lead.version += 1
    lead.save()
    record("crm.edit_lead", lead, park=lead.park_id, changes=changed, at=at, by=by)
    return lead


def _move_receipt(lead, at):
    """The day of receipt may be put right as long as no later step comes to lie before it."""
    refuse_future("received_on", lead.received_on, at)
    step = lead.stage_changes.exclude(from_stage="").order_by("effective_on").first()
    if step is None:
        lead.stage_since = lead.received_on
    elif lead.received_on > step.effective_on:
        facts = {"stage": step.get_to_stage_display(), "day": step.effective_on.isoformat()}
        refuse("received_on", _("The lead entered “%(stage)s” on %(day)s, so it was received by then.") % facts)


@transaction.atomic
def advance_lead(lead, *, to, effective_on, note="", shelving_reason="", expected_version=None, at, by):
    """Move a lead one step; `note` holds the assessment, the feedback given or the reason for going back."""
    require(by, "crm.advance_lead", lead.park)
    if to == LeadStage.CONVERTED:
        refuse("to", _("A lead becomes a project through “Open a project”."))
    return _step(lead, to, effective_on, note, shelving_reason, expected_version, at=at, by=by)


def convert_lead(lead, *, effective_on, at, by):
    """Close a lead because a project came of it. Called by the verb that opens the project, inside its transaction."""
    return _step(lead, LeadStage.CONVERTED, effective_on, "", "", None, at=at, by=by)


def _step(lead, to, effective_on, note, shelving_reason, expected_version, *, at, by):
    lead = _locked(lead)
    refuse_stale(lead, expected_version, ("stage",))
    refuse_future("effective_on", effective_on, at)
    if effective_on < lead.stage_since:
        facts = {"stage": lead.get_stage_display(), "day": lead.stage_since.isoformat()}
        refuse("effective_on", _("The lead entered “%(stage)s” on %(day)s; the next step cannot be earlier.") % facts)
    if reasons := obstacles(lead, to, {"note": note.strip(), "shelving_reason": shelving_reason}):
        raise RuleViolation(*reasons, fields=beside(lead.stage, to, reasons))
    came_from = lead.stage
    LeadStageChange.objects.create(
        lead=lead,
        from_stage=came_from,
        to_stage=to,
        effective_on=effective_on,
        note=note.strip(),
        recorded_at=at,
        recorded_by=by,
    )
    lead.stage, lead.stage_since = to, effective_on
    lead.shelving_reason = shelving_reason if to == LeadStage.SHELVED else ""
    lead.version += 1
    lead.save(update_fields=["stage", "stage_since", "shelving_reason", "version"])
    verb = "crm.step_back_lead" if is_backward(came_from, to) else "crm.advance_lead"
    record(verb, lead, park=lead.park_id, changes=diff({"stage": came_from}, {"stage": to}), at=at, by=by)
    return lead


@transaction.atomic
def record_interaction(*, park, company, summary, happened_on=None, lead=None, contacts=(), at, by, **given):
    """Log one conversation; moves the lead's latest contact and its next step along."""
    require(by, "crm.record_interaction", park)
    happened_on = happened_on or local_day(at)
    refuse_future("happened_on", happened_on, at)
    if lead is not None and (lead.company_id, lead.park_id) != (company.pk, park.pk):
        refuse("lead", _("Choose a lead of this company in this park."))
    # Whoever sees the park reads the conversation, and with it the company's name.
    if not company.known_in.filter(park__path__startswith=park.path).exists():
        refuse("company", _("This company is not known in this park. Log a lead of it there first."))
    if given.get("next_step_due_on") and given["next_step_due_on"] < happened_on:
        refuse("next_step_due_on", _("The next step cannot be due before the conversation."))
    interaction = Interaction(
        park=park,
        company=company,
        lead=lead,
        summary=summary.strip(),
        happened_on=happened_on,
        recorded_at=at,
        recorded_by=by,
        **given,
    )
    refuse_invalid(interaction)
    interaction.save()
    if any(contact.company_id != company.pk for contact in contacts):
        refuse("contacts", _("Choose contacts of this company."))
    interaction.contacts.set(contacts)
    if lead is not None:
        _touch(lead, interaction)
    record("crm.record_interaction", interaction, park=park.pk, at=at, by=by)
    return interaction


def _touch(lead, interaction):
    lead = _locked(lead)
    lead.last_contact_on = max(filter(None, [lead.last_contact_on, interaction.happened_on]))
    if interaction.next_step or interaction.next_step_due_on:
        lead.next_step, lead.next_step_due_on = interaction.next_step, interaction.next_step_due_on
        lead.version += 1  # a form opened before must not put the old step back
    lead.save(update_fields=["last_contact_on", "next_step", "next_step_due_on", "version"])
