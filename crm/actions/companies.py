"""Writes to companies and their contacts."""

from collections import defaultdict

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core.audit import diff, record
from core.dates import local_day
from core.fields import normalise_credit_code
from core.privacy import veiled
from core.rules import refuse, refuse_invalid, refuse_stale
from core.search import refresh
from crm.actions.editing import apply, refuse_masked
from crm.actions.merged import hold, refuse_merged
from crm.models import Company, CompanyAlias, CompanyPark, Contact
from crm.names import core_name, is_only_a_form, normal_name
from crm.searchable import company_introduced, company_registered, company_renamed
from parks.access import may, require

COMPANY_EDITABLE = (
    "name",
    "credit_code",
    "group_name",
    "ownership",
    *Company.GRADES,
    "industry",
    "country",
    "registration_no",
    "address",
    "website",
    "profile",
)
SEARCHED = {"name", "aliases", "credit_code", "registration_no", "group_name"}
"""By what a company is found."""

CONTACT_EDITABLE = ("full_name", "post", "phone", "email", "wechat", "note")


@transaction.atomic
def register_company(*, name, park, credit_code="", aliases=(), is_another=False, at, by, **given):
    """Register a company in `park`.

    A credit code that is registered already is refused, and so is a name unless somebody looked and says that it
    `is_another`. Of a company the viewer may not see, the refusal tells only which park knows it since when.
    """
    require(by, "crm.register_company", park)
    code = normalise_credit_code(credit_code) if credit_code else None
    company = Company(name=name.strip(), credit_code=code, recorded_at=at, recorded_by=by, **given)
    set_plain_forms(company)
    refuse_taken_code(code, by)
    if not is_another:
        refuse_known_name("name", name, by)
    refuse_invalid_company(company)
    save_with_code(company, by)
    names = _names(aliases)
    CompanyAlias.objects.bulk_create([CompanyAlias.of(company, alias) for alias in names])
    said = {field: value for field in COMPANY_EDITABLE if (value := getattr(company, field))}
    CompanyPark.objects.create(company=company, park=park, introduced_at=at, introduced_by=by)
    company_registered(company, (company.name, *names), park)
    record(
        "crm.register_company",
        company,
        park=park.pk,
        changes=diff({}, said | ({"aliases": names} if names else {})),
        at=at,
        by=by,
    )
    return company


def set_plain_forms(company):
    company.normal_name = normal_name(company.name)
    company.core_name = core_name(company.name)
    company.normal_group = normal_name(company.group_name)


def refuse_invalid_company(company):
    refuse_invalid(company, exclude=["normal_name", "core_name", "normal_group"])
    if is_only_a_form(company.name):
        sentence = _("“%(name)s” is only a legal form. Enter the name that stands before it.")
        refuse("name", sentence % {"name": company.name})


def _names(aliases):
    return sorted({alias.strip() for alias in aliases if alias.strip()})


def save_with_code(company, by):
    try:
        with transaction.atomic():
            company.save()
    except IntegrityError:  # the code was registered by somebody else between our look and our write
        refuse_taken_code(company.credit_code, by, other_than=company.pk)
        raise


def refuse_known_name(field, name, by):
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


def refuse_taken_code(code, by, other_than=None):
    holders = Company.with_merged.select_related("merged_into").exclude(pk=other_than)
    taken = holders.filter(credit_code=code).first() if code else None
    if taken is None:
        return
    if taken.merged_into_id and taken.merged_into_id == other_than:
        sentence = _(
            "This code is that of %(company)s, which was merged into this one. Take that merge back to use it."
        )
        refuse("credit_code", sentence % {"company": taken.name})
    taken = taken.merged_into or taken
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
    hold(company)
    link, made = CompanyPark.objects.get_or_create(
        company=company, park=park, defaults={"introduced_at": at, "introduced_by": by}
    )
    if made:
        company_introduced(company)
        record("crm.introduce_company", company, park=park.pk, at=at, by=by)
    return link


def require_for_company(by, verb, company):
    """A company is edited by whoever may do so in one of the parks where it is known; returns that park."""
    parks = [link.park for link in company.known_in.select_related("park").order_by("pk")]
    if not parks and (merged := Company.with_merged.filter(pk=company.pk).exclude(merged_into=None).first()):
        return require_for_company(by, verb, merged.merged_into)  # its parks know the other one now
    allowed = [park for park in parks if may(by, verb, park)]
    require(by, verb, allowed[0] if allowed else next(iter(parks), None))
    return allowed[0] if allowed else None


@transaction.atomic
def edit_company(company, *, changes, aliases=None, expected_version=None, at, by):
    """Change fields of COMPANY_EDITABLE and, if given, all aliases; nothing is written where nothing differs."""
    park = require_for_company(by, "crm.edit_company", company)
    company = Company.with_merged.select_for_update().get(pk=company.pk)
    refuse_merged(company, COMPANY_EDITABLE)
    refuse_stale(company, expected_version, COMPANY_EDITABLE)
    if "credit_code" in changes:
        changes = {
            **changes,
            "credit_code": normalise_credit_code(changes["credit_code"]) if changes["credit_code"] else None,
        }
        refuse_taken_code(changes["credit_code"], by, other_than=company.pk)
    before, after = apply(company, changes, COMPANY_EDITABLE)
    set_plain_forms(company)
    refuse_invalid_company(company)
    changed = diff(before, after) | _change_aliases(company, aliases)
    if not changed:
        return company
    company.version += 1
    save_with_code(company, by)
    if changed.keys() & SEARCHED:
        company_renamed(company)
    record("crm.edit_company", company, park=park.pk, changes=changed, at=at, by=by)
    return company


def _change_aliases(company, aliases):
    """Make `aliases`, unless None, the whole list; returns what that changes, for the trail."""
    if aliases is None:
        return {}
    before, after = set_aliases(company, aliases)
    return diff({"aliases": before}, {"aliases": after})


def set_aliases(company, names):
    """Replace the whole list; returns the names before and after."""
    before = sorted(company.aliases.values_list("name", flat=True))
    after = _names(_whole(names, before))
    company.aliases.exclude(name__in=after).delete()
    CompanyAlias.objects.bulk_create([CompanyAlias.of(company, name) for name in after if name not in before])
    return before, after


def _whole(names, present):
    """Names as they are, where some came back with a number shown in part. Of two that look alike both stay."""
    shown = defaultdict(list)
    for name in present:
        shown[veiled(name)].append(name)
    return [whole for name in names for whole in shown.get(name.strip(), [name])]


@transaction.atomic
def add_contact(company, *, full_name, at, by, **given):
    park = require_for_company(by, "crm.add_contact", company)
    hold(company)
    refuse_masked(Contact, given)
    contact = Contact(company=company, full_name=full_name, recorded_at=at, recorded_by=by, **given)
    refuse_invalid(contact)
    contact.save()
    refresh(contact)
    said = {field: value for field in CONTACT_EDITABLE if (value := getattr(contact, field))}
    changes = diff({}, {"company": company.pk, **said})
    record("crm.add_contact", contact, park=park.pk, changes=changes, at=at, by=by)
    return contact


@transaction.atomic
def edit_contact(contact, *, changes, expected_version=None, at, by):
    park = require_for_company(by, "crm.edit_contact", contact.company)
    contact = Contact.with_merged.select_for_update().get(pk=contact.pk)
    refuse_merged(contact, CONTACT_EDITABLE)
    refuse_stale(contact, expected_version, CONTACT_EDITABLE)
    before, after = apply(contact, changes, CONTACT_EDITABLE)
    refuse_invalid(contact)
    changed = diff(before, after)
    if not changed:
        return contact
    contact.version += 1
    contact.save()
    if changed.keys() & {"full_name", "phone"}:
        refresh(contact)
    record("crm.edit_contact", contact, park=park.pk, changes=changed, at=at, by=by)
    return contact
