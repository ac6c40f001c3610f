"""Every write to companies, contacts, leads and interactions; each verb is one function and one transaction."""

from crm.actions.assessing import ASSESSABLE, ASSESSED_WITH, assess_lead, draft_assessment
from crm.actions.assignment import assign_lead
from crm.actions.calendar_feed import digest_of_secret, make_calendar_feed, revoke_calendar_feed
from crm.actions.clocks import REWIND, rewind, set_clock_rules
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
from crm.actions.conflicts import appeal_conflict, decide_appeal, decide_conflict, open_conflict
from crm.actions.first_talk_notices import warn_of_ending
from crm.actions.first_talks import (
    add_paper,
    end_first_talk,
    lapse_first_talks,
    register_first_talk,
    renew_first_talk,
    verify_first_talk,
)
from crm.actions.handing_over import hand_over, held_rows, planned, undo_hand_over
from crm.actions.holding import picks_left
from crm.actions.interactions import record_interaction
from crm.actions.lead_transfers import transfer_lead
from crm.actions.leads import LEAD_EDITABLE, WHOEVER_LOGS, advance_lead, convert_lead, edit_lead, register_lead
from crm.actions.merging import merge_companies, merge_contacts, unmerge
from crm.actions.moving import fill_and_advance_lead
from crm.actions.pool import (
    POOL_RULE_EDITABLE,
    claim_lead,
    return_lead,
    return_silent_leads,
    set_pool_rule,
    warn_of_silence,
)
from crm.actions.restoring import restore_field
from crm.actions.revealing import reveal_contact, reveal_interaction
from crm.actions.rules import PROTECTION_EDITABLE, set_protection_rule
from crm.actions.source_texts import keep_source_text
from crm.actions.taking_back import put_back
from crm.actions.tasks import drop_task, finish_task, move_task, plan_task

__all__ = [
    "hand_over",
    "held_rows",
    "planned",
    "undo_hand_over",
    "ASSESSABLE",
    "ASSESSED_WITH",
    "assess_lead",
    "draft_assessment",
    "POOL_RULE_EDITABLE",
    "WHOEVER_LOGS",
    "assign_lead",
    "claim_lead",
    "picks_left",
    "return_lead",
    "return_silent_leads",
    "set_pool_rule",
    "warn_of_ending",
    "warn_of_silence",
    "COMPANY_EDITABLE",
    "CONTACT_EDITABLE",
    "LEAD_EDITABLE",
    "REWIND",
    "PROTECTION_EDITABLE",
    "add_contact",
    "add_paper",
    "advance_lead",
    "appeal_conflict",
    "convert_lead",
    "decide_appeal",
    "decide_conflict",
    "edit_company",
    "edit_contact",
    "edit_lead",
    "end_first_talk",
    "fill_and_advance_lead",
    "first_registration",
    "introduce_company",
    "put_back",
    "lapse_first_talks",
    "open_conflict",
    "record_interaction",
    "register_company",
    "register_first_talk",
    "keep_source_text",
    "register_lead",
    "renew_first_talk",
    "require_for_company",
    "digest_of_secret",
    "drop_task",
    "finish_task",
    "make_calendar_feed",
    "move_task",
    "plan_task",
    "revoke_calendar_feed",
    "rewind",
    "set_clock_rules",
    "set_protection_rule",
    "transfer_lead",
    "verify_first_talk",
    "merge_companies",
    "merge_contacts",
    "unmerge",
    "restore_field",
    "reveal_contact",
    "reveal_interaction",
]
