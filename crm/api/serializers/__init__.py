"""Companies, contacts, leads and interactions as the API shows and reads them."""

from crm.api.serializers.companies import (
    AddContact,
    CompanyDetail,
    CompanyRow,
    ContactDetail,
    ContactRow,
    EditCompany,
    EditContact,
    Masked,
    RegisterCompany,
    RevealedContact,
)
from crm.api.serializers.interactions import InteractionDetail, InteractionRow, RecordInteraction, RevealedInteraction
from crm.api.serializers.leads import (
    AdvanceLead,
    EditLead,
    LeadCode,
    LeadDetail,
    LeadRow,
    LeadStageFact,
    NextStep,
    RegisterLead,
)

__all__ = [
    "AddContact",
    "AdvanceLead",
    "CompanyDetail",
    "CompanyRow",
    "ContactDetail",
    "ContactRow",
    "EditCompany",
    "EditContact",
    "EditLead",
    "InteractionDetail",
    "InteractionRow",
    "LeadCode",
    "LeadDetail",
    "LeadRow",
    "LeadStageFact",
    "Masked",
    "NextStep",
    "RecordInteraction",
    "RegisterCompany",
    "RegisterLead",
    "RevealedContact",
    "RevealedInteraction",
]
