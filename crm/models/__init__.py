"""Who we talk to: companies, their contacts, the leads they give us and every conversation."""

from crm.models.assessment import Assessment
from crm.models.calendar_feed import CalendarFeed
from crm.models.clocks import ClockRule
from crm.models.companies import Company, CompanyAlias, CompanyPark, Contact, Ownership
from crm.models.first_talk import (
    Appeal,
    Conflict,
    FirstTalk,
    FirstTalkChange,
    FirstTalkPaper,
    PaperKind,
    ProtectionRule,
)
from crm.models.hand_over import HandOver, HandOverLine
from crm.models.holding import LeadAssignment, LeadClaim
from crm.models.interactions import Interaction, InteractionKind
from crm.models.lead_transfer import LeadTransfer
from crm.models.leads import ChangeOfHands, Lead, LeadSource, LeadStageChange, Qualifier
from crm.models.merging import Merge, MergeKind
from crm.models.pool import PoolRule
from crm.models.source_text import SourceText
from crm.models.split import CountedBy, SplitTerms
from crm.models.tasks import Task

__all__ = [
    "HandOver",
    "HandOverLine",
    "Merge",
    "MergeKind",
    "Assessment",
    "ChangeOfHands",
    "LeadAssignment",
    "LeadClaim",
    "PoolRule",
    "Appeal",
    "CalendarFeed",
    "ClockRule",
    "Company",
    "CompanyAlias",
    "CompanyPark",
    "Conflict",
    "Contact",
    "CountedBy",
    "FirstTalk",
    "FirstTalkChange",
    "FirstTalkPaper",
    "Interaction",
    "InteractionKind",
    "Lead",
    "LeadSource",
    "LeadStageChange",
    "Qualifier",
    "SourceText",
    "LeadTransfer",
    "Ownership",
    "PaperKind",
    "ProtectionRule",
    "SplitTerms",
    "Task",
]
