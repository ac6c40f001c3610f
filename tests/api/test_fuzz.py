"""Calls made up from our own description of the API, right ones and wrong ones: no door may break."""

import os
from datetime import date

import pytest
import requests
import schemathesis
from django.db import transaction
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rest_framework.authtoken.models import Token
from schemathesis import GenerationMode

from projects.actions import list_at_signing_event, record_signing_event
from projects.lifecycle import Stage
from projects.models import SigningKind

CASES = int(os.environ.get("YINFENG_TEST_FUZZ_CASES", "200"))
NAMED = ("park", "to_park", "parent", "company", "lead", "project", "change", "investment_change", "owner")


@pytest.fixture
def rows(make_lead, make_signed, walk, officer, park, at):
    """Keys of real rows by the names under which paths and bodies speak of them."""
    lead = make_lead(content="刻蚀设备", intended_investment_wan=30000)
    project = walk(make_signed(), (Stage.STARTED, date(2024, 3, 8)), verified=False)
    event = record_signing_event(park=park, name="集中签约", held_on=date(2024, 2, 26), at=at, by=officer)
    list_at_signing_event(event, project, kind=SigningKind.FORMAL, at=at, by=officer)
    return {
        "park": park.code,
        "to_park": park.pk,
        "parent": park.code,
        "company": project.company_id,
        "lead": lead.pk,
        "project": project.pk,
        "change": project.stage_changes.last().pk,
        "investment_change": project.investment_changes.last().pk,
        "owner": officer.pk,
        "paths": {
            "parks": park.pk,
            "companies": project.company_id,
            "leads": lead.pk,
            "projects": project.pk,
            "stage-changes": project.stage_changes.last().pk,
            "investment-changes": project.investment_changes.last().pk,
            "documents": project.documents.first().pk,
            "signing-events": event.pk,
        },
    }


@pytest.mark.fuzz
@pytest.mark.services
def test_no_made_up_call_breaks_a_door(rows, officer, manager, admin, auditor):
    schema = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(request=None, public=True))
    operations = [found.ok() for found in schema.get_all_operations() if "/token/" not in found.ok().path]
    calls = st.one_of(
        [
            each.as_strategy(generation_mode=mode)
            for each in operations
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        ]
    )
    tokens = [Token.objects.create(user=person).key for person in (officer, manager, admin, auditor)]

    @settings(
        max_examples=CASES, deadline=None, database=None, derandomize=True, suppress_health_check=list(HealthCheck)
    )
    @given(case=calls, token=st.sampled_from(tokens), hits=st.booleans())
    def call(case, token, hits):
        if hits:
            _name_real_rows(case, rows)
        with transaction.atomic():
            answer = _send(case, token)
            transaction.set_rollback(True)
        assert answer.status_code < 500, f"{case.method} {case.formatted_path} {case.query} {case.body}"

    call()


def _send(case, token):
    """The bytes that would go over the wire, through Django's own client: it lets an exception through to the test."""
    sent = requests.Request(**case.as_transport_kwargs(base_url="http://testserver")).prepare()
    headers = {**sent.headers, "Authorization": f"Token {token}"}
    content_type = headers.pop("Content-Type", "application/json")
    body = sent.body.encode() if isinstance(sent.body, str) else sent.body or b""
    answer = Client().generic(sent.method, sent.path_url, body, content_type, headers=headers)
    if answer.streaming:
        b"".join(answer)  # the client closes the file when it is read to its end
    return answer


def _name_real_rows(case, rows):
    """Made-up keys meet no row; with real ones the call gets as far as the action."""
    resource = case.path.removeprefix("/api/v1/").split("/")[0]
    if "id" in (case.path_parameters or {}) and resource in rows["paths"]:
        case.path_parameters["id"] = rows["paths"][resource]
    if isinstance(case.body, dict):
        case.body.update({name: rows[name] for name in NAMED if name in case.body})
