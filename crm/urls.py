"""Addresses of companies, contacts, leads and interactions."""

from django.urls import path

from crm import first_talk_urls
from crm.views import (
    assessing,
    bulk,
    clock_rules,
    companies,
    duplicates,
    field_history,
    handing_over,
    interactions,
    leads,
    merging,
    pasting,
    pipeline,
    pool,
    quick,
    revealing,
)

app_name = "crm"
urlpatterns = [
    path("rules/clocks/", clock_rules.clock_rules, name="clock-rules"),
    path("leads/", leads.lead_list, name="lead-list"),
    path("leads/board/", pipeline.lead_board, name="lead-board"),
    path("leads/board/<slug:stage>/", pipeline.lead_board_column, name="lead-board-column"),
    path("leads/total/", leads.lead_total, name="lead-total"),
    path("leads/bulk/", bulk.lead_bulk, name="lead-bulk"),
    path("leads/new/", leads.lead_new, name="lead-new"),
    path("leads/paste/", pasting.lead_paste, name="lead-paste"),
    path("leads/<int:pk>/source/", pasting.lead_source, name="lead-source"),
    path("leads/quick/", quick.quick_lead, name="lead-quick"),
    path("leads/quick/talk/", quick.quick_talk, name="quick-talk"),
    path("leads/amount/", leads.amount, name="amount"),
    path("leads/pool/", pool.lead_pool, name="lead-pool"),
    path("hand-overs/", handing_over.hand_over_list, name="hand-over-list"),
    path("hand-overs/new/", handing_over.hand_over_new, name="hand-over-new"),
    path("hand-overs/held-by/<int:pk>/", handing_over.held_by, name="held-by"),
    path("hand-overs/<int:pk>/", handing_over.hand_over_detail, name="hand-over"),
    path("hand-overs/<int:pk>/undo/", handing_over.hand_over_undo, name="hand-over-undo"),
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
    *first_talk_urls.urlpatterns,
]
