"""Addresses of companies, contacts, leads and interactions."""

from django.urls import path

from crm.views import (
    assessing,
    bulk,
    companies,
    duplicates,
    field_history,
    interactions,
    leads,
    merging,
    pipeline,
    pool,
from crm.views import bulk, companies, duplicates, field_history, interactions, leads, pipeline, pool, quick, revealing
from crm.views import companies, duplicates, field_history, interactions, leads, pipeline, pool, quick, revealing
from crm.views import (
    companies,
    conflicts,
    duplicates,
    first_talks,
    interactions,
    lead_transfers,
    leads,
    pipeline,
    pool,
    protection_rules,
    quick,
    revealing,
)

app_name = "crm"
urlpatterns = [
    path("leads/", leads.lead_list, name="lead-list"),
    path("leads/board/", pipeline.lead_board, name="lead-board"),
    path("leads/board/<slug:stage>/", pipeline.lead_board_column, name="lead-board-column"),
    path("leads/total/", leads.lead_total, name="lead-total"),
    path("leads/bulk/", bulk.lead_bulk, name="lead-bulk"),
    path("leads/new/", leads.lead_new, name="lead-new"),
    path("leads/quick/", quick.quick_lead, name="lead-quick"),
    path("leads/quick/talk/", quick.quick_talk, name="quick-talk"),
    path("leads/amount/", leads.amount, name="amount"),
    path("leads/pool/", pool.lead_pool, name="lead-pool"),
    path("rules/pool/", pool.pool_rules, name="pool-rules"),
    path("leads/<int:pk>/claim/", pool.lead_claim, name="lead-claim"),
    path("leads/<int:pk>/return/", pool.lead_return, name="lead-return"),
    path("leads/<int:pk>/assessment/", assessing.lead_assessment, name="lead-assessment"),
    path("leads/<int:pk>/assign/", pool.lead_assign, name="lead-assign"),
    path("leads/<int:pk>/", leads.lead_detail, name="lead-detail"),
    path("leads/<int:pk>/edit/", leads.lead_edit, name="lead-edit"),
    path("leads/<int:pk>/advance/", leads.lead_advance, name="lead-advance"),
    path("leads/<int:pk>/move/", pipeline.lead_move, name="lead-move"),
    path("leads/<int:pk>/interactions/new/", interactions.about_lead, name="lead-interaction-new"),
    path("leads/<int:pk>/first-talk/", first_talks.first_talk_new, name="first-talk-new"),
    path("leads/<int:pk>/transfer/", lead_transfers.lead_transfer, name="lead-transfer"),
    path("lead-transfers/", lead_transfers.lead_transfer_list, name="lead-transfer-list"),
    path("first-talks/", first_talks.first_talk_list, name="first-talk-list"),
    path("first-talks/<int:pk>/", first_talks.first_talk_detail, name="first-talk-detail"),
    path("first-talks/<int:pk>/verify/", first_talks.first_talk_verify, name="first-talk-verify"),
    path("first-talks/<int:pk>/renew/", first_talks.first_talk_renew, name="first-talk-renew"),
    path("first-talks/<int:pk>/end/", first_talks.first_talk_end, name="first-talk-end"),
    path("first-talks/<int:pk>/papers/new/", first_talks.first_talk_paper_new, name="first-talk-paper-new"),
    path("first-talks/<int:pk>/papers/<int:paper>/", first_talks.first_talk_paper, name="first-talk-paper"),
    path("conflicts/<int:pk>/", conflicts.conflict_detail, name="conflict-detail"),
    path("conflicts/<int:pk>/decide/", conflicts.conflict_decide, name="conflict-decide"),
    path("conflicts/<int:pk>/appeal/", conflicts.conflict_appeal, name="conflict-appeal"),
    path("conflicts/<int:pk>/decide-appeal/", conflicts.conflict_decide_appeal, name="conflict-decide-appeal"),
    path("rules/protection/", protection_rules.protection_rule, name="protection-rule"),
    path("companies/", companies.company_list, name="company-list"),
    path("companies/new/", companies.company_new, name="company-new"),
    path("companies/match/", duplicates.company_match, name="company-match"),
    path("companies/<int:pk>/", companies.company_detail, name="company-detail"),
    path("companies/<int:pk>/edit/", companies.company_edit, name="company-edit"),
    path("companies/<int:pk>/contacts/new/", companies.contact_new, name="contact-new"),
    path("companies/<int:pk>/interactions/new/", interactions.with_company, name="interaction-new"),
    path("contacts/<int:pk>/edit/", companies.contact_edit, name="contact-edit"),
    path("contacts/<int:pk>/reveal/", revealing.contact_reveal, name="contact-reveal"),
    *(
        path(f"{address}/<int:pk>/{part}/", view, {"kind": kind}, name=f"{kind}-{part}")
        for kind, address in (("company", "companies"), ("contact", "contacts"), ("lead", "leads"))
        for part, view in (("history", field_history.history), ("restore", field_history.restore))
    ),
    path("companies/<int:pk>/merge/", merging.company_merge, name="company-merge"),
    path("contacts/<int:pk>/merge/", merging.contact_merge, name="contact-merge"),
    path("merges/<int:pk>/", merging.merge_detail, name="merge-detail"),
    path("merges/<int:pk>/undo/", merging.merge_undo, name="merge-undo"),
    path("interactions/<int:pk>/reveal/", revealing.interaction_reveal, name="interaction-reveal"),
]
