"""By what companies, contacts and leads are found."""

from collections import defaultdict
from dataclasses import dataclass, field

from django.db.models import prefetch_related_objects

from core.search import Description, lend, put, searchable, set_scope
from crm.models import Company, CompanyPark, Contact, Lead
from crm.names import normal_name


@dataclass
class _Known:
    names: dict[str, None] = field(default_factory=dict)
    scopes: set[int] = field(default_factory=set)


def keys_in(path):
    """The keys of a park and of those above it."""
    return frozenset(int(key) for key in path.strip("/").split("/"))


def names_of(companies):
    """The name and the aliases of each, and the parks in which it is seen, in one query: {key: (names, scopes)}."""
    found = defaultdict(_Known)
    rows = Company.with_merged.filter(pk__in=companies).order_by("pk", "aliases__name")
    for pk, name, alias, path in rows.values_list("pk", "name", "aliases__name", "known_in__park__path"):
        known = found[pk]
        known.names |= dict.fromkeys(filter(None, (name, alias)))
        known.scopes |= keys_in(path) if path else set()
    return {pk: (tuple(known.names), frozenset(known.scopes)) for pk, known in found.items()}


def said_of_company(company, names, scopes):
    return Description(
        names=names,
        # Without 有限公司, which nobody types in initials.
        spoken=tuple(map(normal_name, names)),
        texts=tuple(filter(None, (company.credit_code, company.registration_no, company.group_name))),
        scopes=scopes,
        family=company.pk,
    )


def lent_by(names):
    """What a record is found by besides its own words: its company's names."""
    return {"lent": names, "lent_spoken": tuple(map(normal_name, names))}


@searchable("company", 1, Company)
def _companies(companies):
    known = names_of([company.pk for company in companies])
    return [said_of_company(company, *known[company.pk]) for company in companies]


@searchable("contact", 2, Contact)
def _contacts(contacts):
    known = names_of({contact.company_id for contact in contacts})
    return [
        Description(
            names=(contact.full_name,),
            spoken=(contact.full_name,),
            phones=(contact.phone,),
            scopes=known[contact.company_id][1],
            family=contact.company_id,
            **lent_by(known[contact.company_id][0]),
        )
        for contact in contacts
    ]


@searchable("lead", 3, Lead)
def _leads(leads):
    prefetch_related_objects(leads, "park")
    known = names_of({lead.company_id for lead in leads})
    return [
        Description(
            texts=(lead.code, lead.title, lead.content),
            scopes=keys_in(lead.park.path),
            family=lead.company_id,
            **lent_by(known[lead.company_id][0]),
        )
        for lead in leads
    ]


def company_registered(company, names, park):
    put(company, said_of_company(company, tuple(dict.fromkeys(names)), keys_in(park.path)))


def company_renamed(company):
    """Its leads, contacts and projects are found by the new names as well."""
    names, scopes = names_of([company.pk])[company.pk]
    said = said_of_company(company, names, scopes)
    put(company, said)
    lend(company, said)


def company_introduced(company):
    paths = CompanyPark.objects.filter(company=company).values_list("park__path", flat=True)
    set_scope(company, frozenset().union(*map(keys_in, paths)), along=["contact"])
