"""The cast: the people, parks and things every test may ask for. No test makes its own user."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile

from crm.actions import register_company, register_lead
from parks.access import Role
from parks.models import Membership, Park
from projects import actions
from projects.lifecycle import GATES, Stage
from projects.models import Verdict

pytest_plugins = ["tests.plumbing"]

AT = datetime(2024, 4, 18, 2, 0, tzinfo=UTC)
"""The moment at which most tests take place: 10 o'clock in the morning of 18 April 2024 in the parks."""

PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
CODE = "91350100M000100Y43"


def _park(code, name, parent=None, **given):
    park = Park.objects.create(code=code, name=name, parent=parent, path=f"~{code}", sort_path=f"~{code}", **given)
    park.path = f"{parent.path if parent else '/'}{park.pk}/"
    park.sort_path = f"{parent.sort_path if parent else '/'}{code}/"
    park.save()
    return park


@pytest.fixture
def zone(db):
    return _park("QD", "青岛高新区", kind="zone")


@pytest.fixture
def park(zone):
    """The park in which the cast works."""
    return _park("QD-IC", "集成电路产业园", zone, kind="specialised")


@pytest.fixture
def inner_park(park):
    return _park("QD-IC-1", "芯谷", park, kind="inner")


@pytest.fixture
def other_park(zone):
    """The park of the outsider."""
    return _park("QD-BIO", "生物医药产业园", zone, kind="specialised")


@pytest.fixture
def person(db):
    """Make a person with roles: `person("name", (Role.OFFICER, park), …)`."""

    def make(username, *posts, **given):
        user = get_user_model().objects.create_user(username=username, password="Nest-for-2-phoenixes", **given)
        Membership.objects.bulk_create([Membership(user=user, role=role, park=where) for role, where in posts])
        return user

    return make


@pytest.fixture
def officer(person, park):
    return person("officer", (Role.OFFICER, park), full_name="林知遥")


@pytest.fixture
def colleague(person, park):
    """Another officer of the same park."""
    return person("colleague", (Role.OFFICER, park), full_name="周敏之")


@pytest.fixture
def outsider(person, other_park):
    """An officer of another park: must see nothing of the cast's park."""
    return person("outsider", (Role.OFFICER, other_park), full_name="何其远")


@pytest.fixture
def operator(person, park):
    return person("operator", (Role.OPERATOR, park), full_name="孟佳禾")


@pytest.fixture
def manager(person, zone):
    return person("manager", (Role.MANAGER, zone), full_name="陆衡")


@pytest.fixture
def auditor(person, zone):
    return person("auditor", (Role.AUDITOR, zone), full_name="秦川")


@pytest.fixture
def admin(person, zone):
    return person("admin", (Role.ADMINISTRATOR, zone), full_name="高原")


@pytest.fixture
def at():
    return AT


@pytest.fixture
def pdf():
    """Make a small upload that is what it says: `pdf("协议.pdf")`."""
    return lambda name="evidence.pdf": SimpleUploadedFile(name, PDF, content_type="application/pdf")


@pytest.fixture
def make_company(officer, park, at):
    def make(name="翰博光电", **given):
        return register_company(**{"name": name, "park": park, "is_another": True, "at": at, "by": officer, **given})

    return make


@pytest.fixture
def make_lead(officer, park, at):
    """The earliest valid lead, received on 1 April 2024."""

    def make(**given):
        fields = {"park": park, "received_on": date(2024, 4, 1), "at": at, "by": officer, **given}
        if "company" not in fields:
            fields = {"company_name": "贝斯兰", "is_another": True, **fields}
        return register_lead(**fields)

    return make


@pytest.fixture
def make_project(officer, park, at, make_company):
    """The earliest valid project: under first contact since 1 June 2023, in `park`."""

    def make(**given):
        fields = {
            "park": park,
            "name": "翰博光电生产基地",
            "opened_on": date(2023, 6, 1),
            "at": at,
            "by": officer,
            **given,
        }
        if "company" not in fields:
            fields["company"] = make_company()
        return actions.open_project(**fields)

    return make


@pytest.fixture
def fill_gate(officer, at, pdf):
    """Attach and fill in whatever entering `to` demands, as an officer would."""

    def fill(project, to, by=None):
        by = by or officer
        values = {
            "content": "液晶显示模组生产线",
            "contracted_investment_wan": Decimal(420000),
            "site_mode": "grant",
            "legal_entity_code": CODE,
            "filing_no": "2024-370211-01",
            "land_contract_no": "T-2024-01",
            "annual_plan_wan": Decimal(120000),
        }
        attached = actions.attached_kinds(project)
        changes = {}
        for requirement in GATES[to]:
            if requirement.document and requirement.document not in attached:
                actions.attach_document(project, kind=requirement.document, file=pdf(), at=at, by=by)
            elif requirement.field in values and not getattr(project, requirement.field):
                changes[requirement.field] = values[requirement.field]
        if changes:
            actions.edit_project(project, changes=changes, at=at, by=by)
        project.refresh_from_db()
        return project

    return fill


@pytest.fixture
def walk(officer, manager, at, fill_gate):
    """Take a project through stages, filling each gate: `walk(project, (stage, day), …)`; verified unless told."""

    def go(project, *steps, verified=True, moment=None, total_wan=None):
        for to, day in steps:
            fill_gate(project, to)
            total = total_wan if to == Stage.SIGNED else None
            change = actions.advance_project(
                project, to=to, effective_on=day, total_investment_wan=total, at=moment or at, by=officer
            )
            if verified and change.needs_verification:
                actions.verify_fact(change, verdict=Verdict.ACCEPTED, at=moment or at, by=manager)
            project.refresh_from_db()
        return project

    return go


@pytest.fixture
def increase(officer, at, pdf):
    """Report a capital increase with its agreement: `increase(project, Decimal(80000), date(2024, 4, 10))`."""

    def report(project, amount_wan, day, *, moment=None, by=None):
        who_and_when = {"at": moment or at, "by": by or officer}
        paper = actions.attach_document(project, kind="increase", file=pdf("增资协议.pdf"), **who_and_when)
        return actions.increase_investment(
            project, amount_wan=amount_wan, effective_on=day, reason="增资协议", evidence=[paper], **who_and_when
        )

    return report


@pytest.fixture
def make_signed(make_project, walk):
    """A project formally signed on 26 February 2024 for 50 亿元, verified."""

    def make(*, verified=True, total_wan=Decimal(500000), **given):
        given = {"content": "液晶显示模组生产线", "total_investment_wan": total_wan, **given}
        return walk(
            make_project(**given),
            (Stage.NEGOTIATING, date(2023, 9, 5)),
            (Stage.REVIEW, date(2023, 11, 2)),
            (Stage.DECISION, date(2023, 11, 10)),
            (Stage.SIGNED, date(2024, 2, 26)),
            verified=verified,
            total_wan=total_wan,
        )

    return make
