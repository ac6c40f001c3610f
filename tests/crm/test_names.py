"""Which spellings mean the same company, and which names say nothing."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from crm.models import Company
from crm.names import LONGEST, core_name, is_only_a_form, normal_name
from crm.regions import place_in_front, without_places


@pytest.mark.parametrize(
    "spelling",
    [
        "海岳精密",
        "海岳精密有限公司",
        "海岳精密股份有限公司",
        "海岳精密有限责任公司",
        "海岳精密集团",
        "海岳精密集团有限公司",
        "海岳精密集团股份有限公司",
        "海 岳 精 密",
        "（海岳）精密",
        "「海岳精密」公司",
        "海嶽精密有限公司",
        "海岳精密，有限公司。",
        "　海岳精密　",
    ],
)
def test_spellings_of_one_company_share_a_form(spelling):
    assert normal_name(spelling) == "海岳精密"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("海岳精密", "海岳精密（青岛）有限公司"),
        ("海岳精密有限公司", "海岳精密有限公司青岛分公司"),
        ("海岳精密控股有限公司", "海岳精密有限公司"),
        ("Vinc", "Vinc Unlimited"),
    ],
)
def test_another_company_has_another_form(one, other):
    assert normal_name(one) != normal_name(other)


@pytest.mark.parametrize("name", ["HB Optics Co., Ltd.", "hb optics", "ＨＢ Optics Inc.", "HB-Optics GmbH"])
def test_foreign_forms_fall_away_too(name):
    assert normal_name(name) == "hboptics"


@pytest.mark.parametrize(
    "name", ["有限公司", "（集团）", "集团有限公司", "股份有限公司", "—", "Ltd.", "Co., Ltd", "", "（）"]
)
def test_a_name_that_is_only_a_form_is_known_as_such(name):
    assert is_only_a_form(name)


@pytest.mark.parametrize("name", ["公司", "有限公司", "集团有限公司"])
def test_a_name_that_is_only_a_form_does_not_vanish(name):
    assert normal_name(name)


@pytest.mark.parametrize("name", ["海", "海有限公司", "青岛", "集团军", "Limitless"])
def test_a_short_name_is_a_name(name):
    assert not is_only_a_form(name)
    assert normal_name(name)


def test_a_form_never_outgrows_its_column():
    assert len(normal_name("ﷺ" * 119)) == LONGEST


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("青岛海岳精密有限公司", "海岳精密"),
        ("海岳精密（青岛）有限公司", "海岳精密"),
        ("山东省青岛市海岳精密集团", "海岳精密"),
        ("青岛", "青岛"),
        ("海岳精密", "海岳精密"),
    ],
)
def test_the_core_leaves_the_place_out(name, core):
    assert core_name(name) == core


def test_places_are_told_from_names():
    assert place_in_front("青岛海岳") == "青岛"
    assert place_in_front("海岳青岛") == ""
    assert without_places("中国青岛") == "中国青岛"


@pytest.mark.django_db
def test_stored_forms_are_made_anew_by_the_present_rule(make_company):
    company = make_company("青岛海嶽精密集团", aliases=["海嶽（青岛）"])
    Company.objects.update(normal_name="旧", core_name="")
    company.aliases.update(normal_name="")
    migration = import_module("crm.migrations.0003_company_groups_and_plain_names")

    migration.make_plain_forms_anew(apps, SimpleNamespace(connection=connection))

    company.refresh_from_db()
    assert (company.normal_name, company.core_name) == ("青岛海岳精密", "海岳精密")
    assert company.aliases.get().normal_name == "海岳青岛"
