"""Every write to companies, contacts, leads and interactions; each verb is one function and one transaction."""

from crm.actions.companies import (
    COMPANY_EDITABLE,
    CONTACT_EDITABLE,
    add_contact,
    edit_company,
    edit_contact,
    first_registration,
    introduce_company,
    register_company,
    require_for_company,
)
from crm.actions.interactions import record_interaction
from crm.actions.leads import LEAD_EDITABLE, advance_lead, convert_lead, edit_lead, register_lead
from crm.actions.taking_back import put_back

__all__ = [
    "COMPANY_EDITABLE",
    "CONTACT_EDITABLE",
    "LEAD_EDITABLE",
    "add_contact",
    "advance_lead",
    "convert_lead",
    "edit_company",
    "edit_contact",
    "edit_lead",
    "first_registration",
    "introduce_company",
    "put_back",
    "record_interaction",
    "register_company",
    "register_lead",
    "require_for_company",
]
