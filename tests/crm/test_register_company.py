"""Registering a company: once in the whole system, without telling strangers what is known of it."""

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import translation

from core.errors import RuleViolation
from core.models import AuditEntry
from crm.actions import edit_company, register_company
from crm.models import Company, CompanyPark

pytestmark = pytest.mark.django_db

CODE = "91350100M000100Y43"


@pytest.fixture(autouse=True)
def _english():
    with translation.override("en"):
        yield


@pytest.fixture
def register(park, officer, at):
    def go(**given):
        return register_company(**{"name": "翰博光电", "park": park, "at": at, "by": officer, **given})

    return go


def test_a_registered_company_is_known_in_its_park_and_leaves_a_trace(register, park, officer, outsider):
    company = register(credit_code=" 91350100m000100y43 ", aliases=["翰博", " 翰博 ", ""])

    assert company.credit_code == CODE
    assert [alias.name for alias in company.aliases.all()] == ["翰博"]
    assert list(company.known_in.values_list("park", flat=True)) == [park.pk]
    assert AuditEntry.objects.get(verb="crm.register_company").by == officer
    assert Company.objects.visible_to(officer).get() == company
    assert not Company.objects.visible_to(outsider).exists()


def test_a_wrong_code_is_refused_beside_its_field(register):
    with pytest.raises(RuleViolation) as refused:
        register(credit_code="91350100M000100Y44")

    assert list(refused.value.fields) == ["credit_code"]
    assert not Company.objects.exists()


def test_a_taken_code_names_the_company_to_those_who_may_see_it(register):
    register(credit_code=CODE)

    with pytest.raises(RuleViolation, match="翰博光电 is already registered with this credit code"):
        register(name="另一个写法", credit_code=CODE)

    assert Company.objects.count() == 1


def test_a_taken_code_tells_a_stranger_only_the_park_and_the_day(register, outsider, other_park):
    register(credit_code=CODE, profile="机密")

    with pytest.raises(RuleViolation) as refused:
        register(name="另一个写法", credit_code=CODE, park=other_park, by=outsider)

    said = str(refused.value)
    assert "集成电路产业园" in said
    assert "2024-04-18" in said
    assert "翰博" not in said
    assert Company.objects.count() == CompanyPark.objects.count() == 1


@pytest.mark.parametrize("name", ["翰博光电", "翰博光电有限公司", "翰博（光电）", "翰 博 光 电 股份有限公司"])
def test_the_same_name_in_another_spelling_is_not_registered_silently(register, name):
    register(name="翰博光电有限公司")

    with pytest.raises(RuleViolation) as refused:
        register(name=name)

    assert list(refused.value.fields) == ["name"]
    assert Company.objects.count() == 1


def test_another_company_of_the_same_name_is_registered_when_somebody_says_so(register):
    register()

    register(is_another=True)

    assert Company.objects.count() == 2


def test_an_alias_counts_as_a_name(register):
    register(aliases=["HB Optics"])

    with pytest.raises(RuleViolation):
        register(name="hb optics")


def test_a_name_known_elsewhere_tells_only_the_park_and_the_day(register, outsider, other_park):
    register(name="翰博光电有限公司", credit_code=CODE)

    with pytest.raises(RuleViolation) as refused:
        register(name="翰博光电", park=other_park, by=outsider)

    said = str(refused.value)
    assert "registered by 集成电路产业园 on 2024-04-18" in said
    assert "有限公司" not in said
    assert CODE not in said


def test_a_name_is_needed(register):
    with pytest.raises(RuleViolation) as refused:
        register(name="  ")

    assert set(refused.value.fields) == {"name"}


def test_an_unknown_industry_is_refused(register):
    with pytest.raises(RuleViolation) as refused:
        register(industry="Z99")

    assert set(refused.value.fields) == {"industry"}


@pytest.mark.parametrize("who", ["auditor", "operator", "outsider"])
def test_others_may_not_register_here(register, request, who):
    with pytest.raises(PermissionDenied):
        register(by=request.getfixturevalue(who))

    assert not Company.objects.exists()


def test_a_code_cannot_be_edited_into_one_that_is_taken(register, officer, at):
    register(credit_code=CODE)
    other = register(name="另一家")

    with pytest.raises(RuleViolation, match="already registered"):
        edit_company(other, changes={"credit_code": CODE}, at=at, by=officer)

    other.refresh_from_db()
    assert other.credit_code is None
