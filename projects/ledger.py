"""Where each field of a project appears: list, form, API and export read these tuples, and a test misses none.

A new field goes into EDIT where people fill it in, into LIST, API and EXPORT where they read it, or into INTERNAL.
"""

LIST = (
    "name",
    "company",
    "park",
    "industry",
    "stage",
    "stage_since",
    "total_investment_wan",
    "owner",
)

EDIT = (
    "name",
    "industry",
    "chain_role",
    "content",
    "contracted_investment_wan",
    "paid_in_fixed_wan",
    "paid_in_working_wan",
    "fixed_asset_wan",
    "annual_plan_wan",
    "utilised_fdi_wan_usd",
    "site_mode",
    "land_area_mu",
    "floor_area_sqm",
    "legal_entity_name",
    "legal_entity_code",
    "filing_no",
    "land_contract_no",
    "construction_permit_no",
    "start_due_on",
    "completion_due_on",
    "commissioning_due_on",
    "full_output_due_on",
    "owner",
    "steward",
    "sponsor",
)

EXPORT = (
    "code",
    "name",
    "park",
    "company",
    "opened_on",
    "industry",
    "chain_role",
    "content",
    "stage",
    "stage_since",
    "verified_stage",
    "signed_on",
    "total_investment_wan",
    "verified_total_wan",
    "contracted_investment_wan",
    "paid_in_fixed_wan",
    "paid_in_working_wan",
    "fixed_asset_wan",
    "annual_plan_wan",
    "utilised_fdi_wan_usd",
    "site_mode",
    "land_area_mu",
    "floor_area_sqm",
    "legal_entity_name",
    "legal_entity_code",
    "filing_no",
    "land_contract_no",
    "construction_permit_no",
    "start_due_on",
    "completion_due_on",
    "commissioning_due_on",
    "full_output_due_on",
    "owner",
    "steward",
    "sponsor",
    "source_note",
    "is_synthetic",
)

API = ("id", *EXPORT, "lead", "version", "recorded_at", "updated_at")

INTERNAL = ("paused_from", "recorded_by")
