"""Who we talk to: companies, their contacts, the leads they give us and every conversation."""

from crm.models.companies import Company, CompanyAlias, CompanyPark, Contact, Ownership
from crm.models.interactions import Interaction, InteractionKind
from crm.models.leads import Lead, LeadSource, LeadStageChange

__all__ = [
    "Company",
    "CompanyAlias",
    "CompanyPark",
    "Contact",
    "Interaction",
    "InteractionKind",
    "Lead",
    "LeadSource",
    "LeadStageChange",
    "Ownership",
]
