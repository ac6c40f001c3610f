"""What the pages ask about companies, contacts, leads and interactions; what is allowed, the actions say."""

from crm.forms.asking import (
    ANOTHER,
    AmountForm,
    AskingForm,
    IntendedAmount,
    coming_days,
    doubt_about,
    past_days,
    present,
)
from crm.forms.bulk import BULK_FORMS
from crm.forms.companies import CompanyForm, ContactForm, NewCompanyForm
from crm.forms.interactions import InteractionForm, OwnLeadTalkForm
from crm.forms.leads import AdvanceForm, LeadForm, NewLeadForm
from crm.forms.merging import MergeForm
from crm.forms.pasting import PastedLeadForm, PasteForm

__all__ = [
    "ANOTHER",
    "BULK_FORMS",
    "AdvanceForm",
    "AmountForm",
    "AskingForm",
    "CompanyForm",
    "ContactForm",
    "IntendedAmount",
    "InteractionForm",
    "LeadForm",
    "MergeForm",
    "NewCompanyForm",
    "NewLeadForm",
    "OwnLeadTalkForm",
    "PasteForm",
    "PastedLeadForm",
    "coming_days",
    "doubt_about",
    "past_days",
    "present",
]
