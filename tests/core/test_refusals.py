"""A rule broken where no form caught it is still an answer in words, and never a crash."""

import pytest
from django.test import RequestFactory

from core.errors import RuleViolation
from core.refusals import RefusalMiddleware


def answer_to(exception, **headers):
    request = RequestFactory().post("/projects/1/advance/", headers=headers)
    return RefusalMiddleware(lambda request: None).process_exception(request, exception)


def test_a_page_answers_409_with_every_reason(db):
    answer = answer_to(RuleViolation("尚未登记施工许可证号", "缺 <b>合同</b>"))

    assert answer.status_code == 409
    text = answer.content.decode()
    assert "<!doctype html>" in text
    assert "尚未登记施工许可证号" in text
    assert "缺 &lt;b&gt;合同&lt;/b&gt;" in text


def test_a_fragment_answers_with_a_fragment(db):
    answer = answer_to(RuleViolation("尚未登记施工许可证号"), hx_request="true")

    assert answer.status_code == 409
    assert "<html" not in answer.content.decode()
    assert 'role="alert"' in answer.content.decode()


@pytest.mark.parametrize("other", [ValueError("broken"), PermissionError()])
def test_anything_else_stays_an_error(other):
    assert answer_to(other) is None
