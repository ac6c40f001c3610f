"""Addresses of the project pages."""

from django.urls import path

from projects.views import demands, events, facts, fragments, pages, papers, pipeline, verification

app_name = "projects"

urlpatterns = [
    path("projects/", pages.project_list, name="list"),
    path("projects/pipeline/", pipeline.project_pipeline, name="pipeline"),
    path("projects/pipeline/<slug:stage>/", pipeline.pipeline_column, name="pipeline-column"),
    path("projects/new/", pages.project_new, name="new"),
    path("projects/open-from-lead/<int:lead>/", pages.open_from_lead, name="open-from-lead"),
    path("projects/for-company/<int:pk>/", fragments.for_company, name="for-company"),
    path("projects/for-park/<str:code>/", fragments.for_park, name="for-park"),
    path("projects/for-lead/<int:pk>/", fragments.for_lead, name="for-lead"),
    path("projects/verification/", verification.verification_queue, name="verification-queue"),
    path("projects/verification/<str:kind>/<int:pk>/", verification.verify_fact, name="verify-fact"),
    path("projects/events/", events.event_list, name="event-list"),
    path("projects/events/new/", events.event_new, name="event-new"),
    path("projects/events/<int:pk>/", events.event_detail, name="event-detail"),
    path("projects/events/<int:pk>/add/", events.event_add, name="event-add"),
    path("projects/events/<int:pk>/remove/<int:entry>/", events.event_remove, name="event-remove"),
    path("projects/requirements/<str:code>/", demands.requirements, name="requirements"),
    path("projects/requirements/<str:code>/add/", demands.requirement_add, name="requirement-add"),
    path("projects/requirements/<str:code>/drop/<int:pk>/", demands.requirement_drop, name="requirement-drop"),
    path("projects/<int:pk>/", pages.project_detail, name="detail"),
    path("projects/<int:pk>/edit/", pages.project_edit, name="edit"),
    path("projects/<int:pk>/advance/", facts.advance, name="advance"),
    path("projects/<int:pk>/move/", pipeline.move, name="move"),
    path("projects/<int:pk>/correct/", facts.correct, name="correct"),
    path("projects/<int:pk>/correct/stage/<int:fact>/", facts.correct_stage, name="correct-stage"),
    path("projects/<int:pk>/correct/investment/<int:fact>/", facts.correct_investment, name="correct-investment"),
    path("projects/<int:pk>/correct/transfer/<int:fact>/", facts.correct_transfer, name="correct-transfer"),
    path("projects/<int:pk>/increase/", facts.increase, name="increase"),
    path("projects/<int:pk>/splits/", fragments.splits, name="splits"),
    path("projects/<int:pk>/transfer/", facts.transfer, name="transfer"),
    path("projects/<int:pk>/verify/", verification.verify_project, name="verify"),
    path("projects/<int:pk>/interactions/new/", pages.interaction_new, name="interaction-new"),
    path("projects/<int:pk>/documents/new/", papers.document_new, name="document-new"),
    path("projects/<int:pk>/documents/<int:document>/", papers.document_file, name="document-file"),
]
