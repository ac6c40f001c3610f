"""Addresses of first talks, their conflicts and rules, and of transfers of leads; hung into those of crm."""

from django.urls import path

from crm.views import conflicts, first_talks, lead_transfers, protection_rules

urlpatterns = [
    path("leads/<int:pk>/first-talk/", first_talks.first_talk_new, name="first-talk-new"),
    path("leads/<int:pk>/first-talk/box/", first_talks.first_talk_box, name="first-talk-box"),
    path("leads/<int:pk>/transfer/", lead_transfers.lead_transfer, name="lead-transfer"),
    path("lead-transfers/", lead_transfers.lead_transfer_list, name="lead-transfer-list"),
    path("first-talks/", first_talks.first_talk_list, name="first-talk-list"),
    path("first-talks/desk/", first_talks.first_talk_desk, name="first-talk-desk"),
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
]
