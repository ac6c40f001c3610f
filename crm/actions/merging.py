"""Making one company or contact out of two, and two out of one again."""

from dataclasses import dataclass
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.audit import diff, record
from core.errors import NotAllowed, RuleViolation
from core.rules import refuse, refuse_invalid, refuse_stale
from core.search import forget, refresh
from core.search.catalogue import is_searchable
from core.undo import undoes
from crm.actions.companies import (
    COMPANY_EDITABLE,
    CONTACT_EDITABLE,
    introduce_company,
    refuse_invalid_company,
    refuse_taken_code,
    require_for_company,
    save_with_code,
    set_plain_forms,
)
from crm.actions.restoring import as_value
from crm.merging import moving, unknown_to
from crm.models import Company, CompanyAlias, CompanyPark, Contact, Interaction, Merge, MergeKind
from crm.searchable import company_introduced, company_renamed
from parks.access import may, require

KEEP, DROP = "keep", "drop"
AT_A_TIME = 500
"""Keys in one statement; SQLite takes no more than so many."""

_FIELDS = {Company: COMPANY_EDITABLE, Contact: CONTACT_EDITABLE}


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which the two records differ; `likely` is the side whose value is taken unless somebody chooses.

    Empty where that would be a guess: then it has to be chosen.
    """

    field: str
    keep: Any
    drop: Any
    likely: str


def differences(keep, drop):
    """The fields in which the two differ, in the order of the form."""
    fields = _FIELDS[type(keep)]
    pairs = [(field, getattr(keep, field), getattr(drop, field)) for field in fields]
    return [
        Difference(field, ours, theirs, _likely(field, ours, theirs)) for field, ours, theirs in pairs if ours != theirs
    ]


def _likely(field, ours, theirs):
    if field == "credit_code" and ours and theirs:
        return ""
    return KEEP if ours else DROP


def counts(keep, drop):
    """How many rows of each kind would come along: [(relation, number), …], those without any left out."""
    found = [(relation, len(_coming_along(relation, drop, keep))) for relation in moving(type(drop))]
    return [(relation, number) for relation, number in found if number]


def obstacles_to_merging(keep, drop):
    """Sentences that forbid the merge whatever is chosen."""
    gone = [each for each in (keep, drop) if each.merged_into_id]
    reasons = [_("%(record)s has been merged already. Open it again.") % {"record": each} for each in gone]
    if keep.pk == drop.pk:
        reasons.append(_("A record cannot be merged with itself. Choose another one."))
    if isinstance(keep, Contact) and keep.company_id != drop.company_id:
        reasons.append(_("The two work for different companies. Merge the companies first."))
    sentence = _("The program does not know how %(relation)s is merged. Tell whoever runs it.")
    return reasons + [sentence % {"relation": name} for name in unknown_to(type(keep))]


def require_to_merge(by, verb, *companies):
    """Merging needs the right in every park that knows one of the companies; returns a park for the trail."""
    require(by, verb)
    links = CompanyPark.objects.filter(company__in=companies).select_related("park").order_by("pk")
    parks = [link.park for link in links]
    if not all(may(by, verb, park) for park in parks):
        # SECURITY: which parks these are is not said; they may lie outside what this person sees.
        raise NotAllowed(
            _("A park in which you may not edit knows one of the two as well. Ask the office to merge them.")
        )
    return parks[0] if parks else None


@transaction.atomic
def merge_companies(keep, drop, *, take=None, keep_version=None, drop_version=None, at, by):
    """Make `drop` part of `keep`. `take` says for a differing field whose value stays: {field: "keep" | "drop"}."""
    park = require_to_merge(by, "crm.merge_companies", keep, drop)
    keep, drop = _both_locked(keep, drop, keep_version, drop_version)
    merge, changed = _made_one(MergeKind.COMPANY, keep, drop, take or {}, at=at, by=by)
    record("crm.merge_companies", keep, park=park, changes=changed, at=at, by=by)
    return merge


@transaction.atomic
def merge_contacts(keep, drop, *, take=None, keep_version=None, drop_version=None, at, by):
    """Make the contact `drop` part of `keep`; both work for one company."""
    park = require_for_company(by, "crm.merge_contacts", keep.company)
    keep, drop = _both_locked(keep, drop, keep_version, drop_version)
    merge, changed = _made_one(MergeKind.CONTACT, keep, drop, take or {}, at=at, by=by)
    record("crm.merge_contacts", keep, park=park, changes=changed, at=at, by=by)
    return merge


def _both_locked(keep, drop, keep_version, drop_version):
    """Both as they are now, locked in one order whichever is kept, so that two merges never wait for each other."""
    model = type(keep)
    rows = model.with_merged.select_for_update(of=("self",)).filter(pk__in={keep.pk, drop.pk}).order_by("pk")
    found = {each.pk: each for each in rows}
    keep, drop = found[keep.pk], found[drop.pk]
    if reasons := obstacles_to_merging(keep, drop):
        raise RuleViolation(*reasons)
    refuse_stale(keep, keep_version, _FIELDS[model])
    refuse_stale(drop, drop_version, _FIELDS[model])
    return keep, drop


def _made_one(kind, keep, drop, take, *, at, by):
    merge = Merge(
        kind=kind,
        kept_id=keep.pk,
        dropped_id=drop.pk,
        kept_name=str(keep),
        dropped_name=str(drop),
        merged_at=at,
        merged_by=by,
    )
    taken = _taken(keep, drop, take)
    merge.moved = {relation.name: _move(relation, drop, keep) for relation in moving(type(keep))}
    merge.replaced = {"dropped": _let_go(drop, taken, keep), "kept": _take_over(keep, taken, by)}
    if kind == MergeKind.COMPANY:
        merge.added = _other_names(keep, [merge.kept_name, merge.dropped_name])
    merge.save()
    forget(drop)
    _find_again(merge.moved, [keep])
    shown = {"merged": [None, merge.dropped_name]}
    return merge, merge.replaced["kept"] | shown


def _taken(keep, drop, take):
    """{field: value} that the kept record takes over from the other."""
    open_fields = {each.field: each for each in differences(keep, drop)}
    for field, side in take.items():
        if field not in _FIELDS[type(keep)]:
            refuse("take", _("The field %(field)s cannot be chosen.") % {"field": field})
        if side not in (KEEP, DROP):
            refuse("take", _("Choose keep or drop for %(field)s.") % {"field": field})
    if (code := open_fields.get("credit_code")) and not (take.get("credit_code") or code.likely):
        sentence = _(
            "The two have different credit codes, so they may be two companies. Choose the code that is right."
        )
        refuse("credit_code", sentence)
    return {name: each.drop for name, each in open_fields.items() if (take.get(name) or each.likely) == DROP}


def _rows(relation, of):
    return relation.model._base_manager.filter(**{relation.field: of})


def _move(relation, drop, keep):
    """Let the rows refer to the kept record; returns their keys."""
    keys = _coming_along(relation, drop, keep)
    _refer(relation, keys, keep)
    return keys


def _coming_along(relation, drop, keep):
    """Keys of the rows that move; what the kept record has already stays with the other."""
    rows = _rows(relation, drop).order_by("pk")
    if not relation.once_per:
        return list(rows.values_list("pk", flat=True))
    present = set(_rows(relation, keep).values_list(*relation.once_per))
    return [pk for pk, *own in rows.values_list("pk", *relation.once_per) if tuple(own) not in present]


def _refer(relation, keys, to):
    for start in range(0, len(keys), AT_A_TIME):
        rows = relation.model._base_manager.filter(pk__in=keys[start : start + AT_A_TIME])
        rows.update(**{relation.field: to})


def _let_go(drop, taken, keep):
    """The dropped record leads to the kept one; a credit code that this one takes over is no longer its own."""
    before = {"credit_code": getattr(drop, "credit_code", None)}
    after = dict(before)
    if "credit_code" in taken:
        drop.credit_code = after["credit_code"] = None
    drop.merged_into = keep
    drop.version += 1
    drop.save()
    return diff(before, after)


def _take_over(keep, values, by):
    before = {field: getattr(keep, field) for field in values}
    for field, value in values.items():
        setattr(keep, field, value)
    _save(keep, by)
    return diff(before, values)


def _save(instance, by):
    instance.version += 1
    if isinstance(instance, Company):
        set_plain_forms(instance)
        refuse_invalid_company(instance)
        save_with_code(instance, by)
    else:
        refuse_invalid(instance)
        instance.save()


def _other_names(keep, names):
    """Names under which people will look for the company from now on; returns the keys of the new aliases."""
    present = {keep.name, *keep.aliases.values_list("name", flat=True)}
    fresh = [CompanyAlias.of(keep, name) for name in dict.fromkeys(names) if name not in present]
    for alias in fresh:
        alias.save()
    return [alias.pk for alias in fresh]


def _find_again(moved, records):
    """Let the search know by what the records, and the rows that moved, are found from now on."""
    for relation in moving(type(records[0])):
        keys = sorted(moved.get(relation.name, ())) if is_searchable(relation.model) else []
        for start in range(0, len(keys), AT_A_TIME):
            refresh(*relation.model.objects.filter(pk__in=keys[start : start + AT_A_TIME]))
    for each in records:
        if isinstance(each, Company):
            company_renamed(each)
            company_introduced(each)
        else:
            refresh(each)


# ── two out of one ───────────────────────────────────────────────────────────────────────────────────────────────────


@transaction.atomic
def unmerge(merge, *, at, by):
    """Put both records back as they were, with everything that has been done on either side since.

    What came along goes back, and so does what was logged since on a lead that goes back; what was made for the kept
    record itself stays there. Refused, as a whole, where a field that the merge changed was changed again, where a row
    has moved on, or where a conversation would name a contact of the other company: then nobody can say what belongs
    to whom, and half an unmerge would be a third record.
    """
    merge, keep, drop, park = _opened(merge, by)
    _put_apart(merge, keep, drop, at=at, by=by)
    record(f"crm.unmerge_{_noun(merge)}", keep, park=park, changes={"merged": [merge.dropped_name, None]}, at=at, by=by)
    return merge


def _noun(merge):
    return "companies" if merge.kind == MergeKind.COMPANY else "contacts"


def _opened(merge, by):
    """The merge and both records, locked; the same rights as for merging."""
    keep = merge.model.with_merged.get(pk=merge.kept_id)
    drop = merge.model.with_merged.get(pk=merge.dropped_id)
    verb = f"crm.merge_{_noun(merge)}"
    if merge.kind == MergeKind.COMPANY:
        park = require_to_merge(by, verb, keep, drop)
    else:
        park = require_for_company(by, verb, keep.company)
    merge = Merge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
    rows = merge.model.with_merged.select_for_update(of=("self",)).filter(pk__in=[keep.pk, drop.pk]).order_by("pk")
    found = {each.pk: each for each in rows}
    return merge, found[merge.kept_id], found[merge.dropped_id], park


def _put_apart(merge, keep, drop, *, at, by):
    _refuse_undoing(merge, keep)
    mismatched = _mismatched(keep, drop)
    gone_back = {relation: _move_back(relation, merge, keep, drop) for relation in moving(merge.model)}
    while sum(_follow(relation, keep, drop, gone_back) for relation in gone_back):
        pass  # what has just gone back may lead others
    _refuse_new_mismatch(mismatched, keep, drop)
    CompanyAlias.objects.filter(pk__in=merge.added, company_id=keep.pk).delete()
    for field, (before, _after) in merge.replaced["kept"].items():
        setattr(keep, field, as_value(keep, field, before))
    if code := merge.replaced["kept"].get("credit_code", [""])[0]:
        refuse_taken_code(code, by, other_than=keep.pk)
    # First the kept one lets go of the credit code, then the other takes it back.
    _save(keep, by)
    for field, (before, _after) in merge.replaced["dropped"].items():
        setattr(drop, field, as_value(drop, field, before))
    drop.merged_into = None
    _save(drop, by)
    if merge.kind == MergeKind.COMPANY:
        _stay_known(keep, [link.park for link in drop.known_in.select_related("park")], at=at, by=by)
    _find_again({relation.name: keys for relation, keys in gone_back.items()}, [keep, drop])
    merge.undone_at, merge.undone_by = at, by
    merge.save(update_fields=["undone_at", "undone_by"])


def _refuse_undoing(merge, keep):
    if merge.undone_at:
        raise RuleViolation(_("This merge has been taken back already."))
    if keep.merged_into_id:
        sentence = _("%(record)s itself was merged into another record since. Take that merge back first.")
        raise RuleViolation(sentence % {"record": keep})
    for field, (_before, after) in merge.replaced["kept"].items():
        if diff({field: as_value(keep, field, after)}, {field: getattr(keep, field)}):
            label = keep._meta.get_field(field).verbose_name
            sentence = _("“%(field)s” was changed after the merge. Put it back in the field history first.")
            raise RuleViolation(sentence % {"field": label})


def _move_back(relation, merge, keep, drop):
    """Rows that came along go back; returns their keys.

    A row that is no longer there was removed by somebody who meant it; one that refers to a third record was moved on.
    """
    keys, there = merge.moved.get(relation.name, []), set()
    for start in range(0, len(keys), AT_A_TIME):
        rows = relation.model._base_manager.filter(pk__in=keys[start : start + AT_A_TIME])
        for pk, refers_to in rows.values_list("pk", f"{relation.field}_id"):
            if refers_to != keep.pk:
                sentence = _("%(what)s %(key)s has moved on since the merge. Take that back first.")
                raise RuleViolation(sentence % {"what": relation.model._meta.verbose_name, "key": pk})
            there.add(pk)
    _refer(relation, sorted(there), drop)
    return there


def _follow(relation, keep, drop, gone_back):
    """Rows made since that hang on one that has gone back go with it; returns how many there were."""
    found = set()
    for path, leader in relation.follows:
        led = {key for other, keys in gone_back.items() if other.model is leader for key in keys}
        rows = _rows(relation, keep).filter(**{f"{path}__isnull": False})
        found |= {pk for pk, key in rows.values_list("pk", path) if key in led}
    _refer(relation, sorted(found), drop)
    gone_back[relation] |= found
    return len(found)


def _mismatched(keep, drop):
    """Keys of the conversations that name a contact of another company."""
    if not isinstance(keep, Company):
        return set()
    named = Interaction.contacts.through._base_manager.filter(
        interaction__company__in=[keep, drop], contact__merged_into=None
    )
    return set(
        named.exclude(contact__company=models.F("interaction__company")).values_list("interaction_id", flat=True)
    )


def _refuse_new_mismatch(before, keep, drop):
    new = _mismatched(keep, drop) - before
    if new:
        day = Interaction.objects.get(pk=min(new)).happened_on.isoformat()
        sentence = _("The conversation of %(day)s, logged after the merge, names people of both. Take it back first.")
        raise RuleViolation(sentence % {"day": day})


def _stay_known(keep, parks, *, at, by):
    """Where only the dropped company made the kept one known, it stays known if something of it lies there by now."""
    for park in parks:
        lies_there = any(
            _rows(relation, keep).filter(park=park).exists()
            for relation in moving(Company)
            if relation.has_park and relation.model is not CompanyPark
        )
        if lies_there:
            introduce_company(keep, park=park, at=at, by=by)


@undoes("crm.merge_companies", says=gettext_lazy("Merge taken back"))
@undoes("crm.merge_contacts", says=gettext_lazy("Merge taken back"))
def _unmerge_at_once(entry, *, at, by):
    kind = MergeKind.COMPANY if entry.verb == "crm.merge_companies" else MergeKind.CONTACT
    merge = Merge.objects.filter(kind=kind, kept_id=entry.subject_id, merged_at=entry.at, undone_at=None).last()
    if merge is None:
        raise RuleViolation(_("This merge has been taken back already."))
    merge, keep, drop, _park = _opened(merge, by)
    _put_apart(merge, keep, drop, at=at, by=by)
