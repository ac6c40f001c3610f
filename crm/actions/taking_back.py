"""How each verb on companies, contacts, leads and conversations is taken back (see `core.undo`)."""

from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from core.rules import refuse_invalid
from core.search import refresh
from core.undo import TouchedSince, of_record, refuse_touched, remove_unless_used, touched_sentence, undoes
from crm.actions.clocks import WOUND, wind
from crm.actions.companies import (
    COMPANY_EDITABLE,
    CONTACT_EDITABLE,
    SEARCHED,
    refuse_invalid_company,
    require_for_company,
    set_aliases,
    set_plain_forms,
)
from crm.actions.holding import HELD, take_hands_back
from crm.actions.interactions import MOVED_ALONG
from crm.actions.leads import LEAD_EDITABLE, STEPPED, move_receipt
from crm.actions.next_steps import follow, keep_in_step, take_chain_back
from crm.models import Company, CompanyPark, Contact, Interaction, Lead, LeadAssignment, LeadStageChange
from crm.searchable import company_introduced, company_renamed
from parks.access import require

HANDS = [name for name in HELD if name not in ("owner", "version")]


def put_back(instance, entry, names, *, prefix=""):
    """Give the columns `names` the values from before the deed of `entry`; refuses where one has moved on since."""
    for name in names:
        if prefix + name not in entry.changes:
            continue
        field = instance._meta.get_field(name)
        old, new = (field.to_python(value) for value in entry.changes[prefix + name])
        if getattr(instance, field.attname) != new:
            refuse_touched(entry)
        setattr(instance, field.attname, old)


def _lead_of(entry, by, verb):
    leads = Lead.objects.select_for_update(of=("self",)).select_related("park", "company")
    lead = of_record(entry, leads)
    require(by, verb, lead.park)
    return lead


@undoes("crm.register_lead", says=_("Lead taken back"), back="crm:lead-list")
def _unregister_lead(entry, *, at, by):
    remove_unless_used(_lead_of(entry, by, "crm.register_lead"), entry)


@undoes("crm.edit_lead", says=_("Change taken back"))
def _put_lead_back(entry, *, at, by):
    lead = _lead_of(entry, by, "crm.edit_lead")
    put_back(lead, entry, (*LEAD_EDITABLE, *HANDS))
    if "owner" in entry.changes:
        take_hands_back(lead, entry.at)
    if "received_on" in entry.changes:
        move_receipt(lead, at)
    refuse_invalid(lead)
    wind(lead)
    lead.version += 1
    lead.save()
    follow(lead)
    keep_in_step(lead, at=at, by=by)
    refresh(lead)


@undoes("crm.claim_lead", says=_("Claim taken back"))
@undoes("crm.return_lead", says=_("Return taken back"))
def _take_lead_back(entry, *, at, by):
    lead = _lead_of(entry, by, entry.verb)
    put_back(lead, entry, ("owner", *HANDS))
    take_hands_back(lead, entry.at)
    lead.version += 1
    lead.save(update_fields=HELD)
    follow(lead)


@undoes("crm.assign_lead", says=_("Assignment taken back"))
def _take_assignment_back(entry, *, at, by):
    lead = _lead_of(entry, by, "crm.assign_lead")
    put_back(lead, entry, ("park", "owner", *HANDS))
    take_hands_back(lead, entry.at)
    LeadAssignment.objects.filter(lead=lead, recorded_at=entry.at).update(undone_at=at)
    lead.version += 1
    lead.save(update_fields=["park", *HELD])
    follow(lead)
    refresh(lead)


@undoes("crm.assess_lead", says=_("Assessment taken back"))
def _unsettle_assessment(entry, *, at, by):
    """What was written is kept as the draft it was."""
    lead = _lead_of(entry, by, "crm.assess_lead")
    settled = lead.assessments.filter(settled_at=entry.at).first()
    if settled is None or lead.assessments.drafts().exists():
        refuse_touched(entry)
    settled.settled_at = settled.effective_on = None
    settled.version += 1
    settled.save(update_fields=["settled_at", "effective_on", "version"])


@undoes("crm.advance_lead", says=_("Step taken back"))
@undoes("crm.step_back_lead", says=_("Step taken back"))
def _take_step_back(entry, *, at, by):
    """The step stays in the table, marked, and the lead stands where it stood before."""
    lead = _lead_of(entry, by, "crm.advance_lead")
    step = lead.stage_changes.order_by("recorded_at", "pk").last()
    if step is None or step.recorded_at != entry.at or step.to_stage != lead.stage:
        refuse_touched(entry)
    put_back(lead, entry, STEPPED)
    LeadStageChange.objects.filter(pk=step.pk).update(undone_at=at)
    wind(lead)
    lead.version += 1
    lead.save(update_fields=[*STEPPED, *WOUND, "version"])
    keep_in_step(lead, at=at, by=by)


@undoes("crm.record_interaction", says=_("Conversation taken back"))
def _unrecord_interaction(entry, *, at, by):
    interaction = of_record(entry, Interaction.objects.select_for_update(of=("self",)).select_related("park"))
    require(by, "crm.record_interaction", interaction.park)
    lead_id = interaction.lead_id
    remove_unless_used(interaction, entry)
    if lead_id is None:
        return
    lead = Lead.objects.select_for_update(of=("self",)).select_related("park").get(pk=lead_id)
    put_back(lead, entry, ("next_step", "next_step_due_on"), prefix="lead.")
    # Another conversation may have been logged since: what stands is the latest of those that stand.
    others = lead.interactions.aggregate(day=Max("happened_on"), moment=Max("recorded_at"))
    lead.last_contact_on = _latest(lead, entry, "last_contact_on", others["day"])
    lead.followed_up_at = _latest(lead, entry, "followed_up_at", others["moment"])
    wind(lead)
    lead.version += 1
    lead.save(update_fields=[*MOVED_ALONG, *WOUND, "version"])
    take_chain_back(lead, entry.at)
    keep_in_step(lead, at=at, by=by)


def _latest(lead, entry, name, of_others):
    """What the column was before the deed, or later by another conversation; as it is where it has moved on since."""
    now = getattr(lead, name)
    if f"lead.{name}" not in entry.changes:
        return now
    before, after = map(Lead._meta.get_field(name).to_python, entry.changes[f"lead.{name}"])
    return now if now != after else max(filter(None, [before, of_others]), default=None)


@undoes("crm.register_company", says=_("Company taken back"), companion=True, back="crm:company-list")
def _unregister_company(entry, *, at, by):
    company = of_record(entry, Company.objects.select_for_update())
    require_for_company(by, "crm.register_company", company)
    remove_unless_used(company, entry)


@undoes("crm.introduce_company", says=_("Company taken back"), companion=True)
def _unintroduce_company(entry, *, at, by):
    """The company is no longer known in the park, unless something else of it lies there by now."""
    company = of_record(entry, Company.objects.select_for_update())
    for relation in company._meta.related_objects:
        in_park = any(field.name == "park" for field in relation.related_model._meta.concrete_fields)
        if relation.related_model is CompanyPark or not in_park:
            continue
        if relation.related_model._base_manager.filter(
            **{relation.field.name: company}, park_id=entry.scope_id
        ).exists():
            raise TouchedSince(touched_sentence(entry))
    CompanyPark.objects.filter(company=company, park_id=entry.scope_id).delete()
    company_introduced(company)


@undoes("crm.edit_company", says=_("Change taken back"))
def _put_company_back(entry, *, at, by):
    company = of_record(entry, Company.objects.select_for_update())
    require_for_company(by, "crm.edit_company", company)
    put_back(company, entry, COMPANY_EDITABLE)
    set_plain_forms(company)
    refuse_invalid_company(company)
    company.version += 1
    company.save()
    if "aliases" in entry.changes:
        before, after = entry.changes["aliases"]
        if sorted(company.aliases.values_list("name", flat=True)) != after:
            refuse_touched(entry)
        set_aliases(company, before)
    if entry.changes.keys() & SEARCHED:
        company_renamed(company)


@undoes("crm.add_contact", says=_("Contact taken back"), companion=True)
def _remove_contact(entry, *, at, by):
    contact = _contact_of(entry, by, "crm.add_contact")
    remove_unless_used(contact, entry)


@undoes("crm.edit_contact", says=_("Change taken back"))
def _put_contact_back(entry, *, at, by):
    contact = _contact_of(entry, by, "crm.edit_contact")
    put_back(contact, entry, CONTACT_EDITABLE)
    refuse_invalid(contact)
    contact.version += 1
    contact.save()
    refresh(contact)


def _contact_of(entry, by, verb):
    contact = of_record(entry, Contact.objects.select_for_update(of=("self",)).select_related("company"))
    require_for_company(by, verb, contact.company)
    return contact
