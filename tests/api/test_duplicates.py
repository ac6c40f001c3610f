"""Asking over the API what is registered already."""

import pytest

from tests.conftest import CODE


@pytest.fixture
def known(make_company):
    return make_company("青岛海岳精密仪器有限公司", credit_code=CODE)


def test_own_and_others_records_are_told_apart(api, officer, outsider, known):
    mine = api(officer).get("/companies/duplicates/", {"name": "青岛海岳精密仪器"}).json()
    theirs = api(outsider).get("/companies/duplicates/", {"credit_code": CODE}).json()

    told = {"kind": "company", "registered_by": "集成电路产业园", "since": "2024-04-18"}
    assert mine == {
        "results": [
            {"reason": "name", "id": known.pk, "title": known.name, "credit_code": CODE, "masked": False, **told}
        ]
    }
    assert theirs == {
        "results": [{"reason": "credit_code", "id": None, "title": "", "credit_code": None, "masked": True, **told}]
    }


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({}, 200),
        ({"name": "有限公司"}, 200),
        ({"name": "长" * 201}, 400),
        ({"nmae": "海岳"}, 400),
        ({"name": "a\0"}, 400),
    ],
)
def test_bad_input_is_answered_clearly(api, officer, known, asked, code):
    answer = api(officer).get("/companies/duplicates/", asked)

    assert answer.status_code == code
    assert answer.json() == {"results": []} if code == 200 else answer.json()["reasons"]
