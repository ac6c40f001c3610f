from datetime import date
from decimal import Decimal

import pytest
from django import forms
from django.contrib.auth import get_user_model
from django.core.exceptions import ValidationError
from django.db.models import Sum, Value
from hypothesis import given
from hypothesis import strategies as st

from core.fields import (
    CREDIT_CODE_ALPHABET,
    CreditCodeField,
    CreditCodeFormField,
    DayFormField,
    WanField,
    WanFormField,
    credit_code_check_character,
    normalise_credit_code,
    validate_credit_code,
)

GOOD_CODE = "91350100M000100Y43"


class PledgeForm(forms.Form):
    amount = WanFormField(help_text="Whole contract.")
    signed_on = DayFormField(no_later_than=date(2024, 3, 31))
    code = CreditCodeFormField(required=False)


def filled(**given):
    return PledgeForm({"amount": "6亿", "signed_on": "2024-03-31", "code": "", **given})


@pytest.mark.parametrize(
    "typed", [GOOD_CODE, GOOD_CODE.lower(), "91 350100 M000100Y43", "９１３５０１００Ｍ０００１００Ｙ４３", ""]
)
def test_a_credit_code_passes_however_it_was_typed(typed):
    validate_credit_code(typed)

    assert normalise_credit_code(typed) in (GOOD_CODE, "")


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("91350100M000100Y4", "credit_code_length"),
        ("91350100M000100Y433", "credit_code_length"),
        ("91350100M000100Y4Z", "credit_code_letter"),
        ("9135O100M000100Y43", "credit_code_letter"),
        ("91350100M000100Y44", "credit_code_check_character"),
        ("19350100M000100Y43", "credit_code_check_character"),
    ],
)
def test_a_wrong_credit_code_is_told_which_rule_it_breaks(typed, code):
    with pytest.raises(ValidationError) as refusal:
        validate_credit_code(typed)

    assert refusal.value.code == code


@given(st.text(alphabet=CREDIT_CODE_ALPHABET, min_size=17, max_size=17), st.integers(0, 17), st.data())
def test_any_single_mistyped_character_is_noticed(body, place, data):
    code = body + credit_code_check_character(body)
    other = data.draw(st.sampled_from([each for each in CREDIT_CODE_ALPHABET if each != code[place]]))

    validate_credit_code(code)

    with pytest.raises(ValidationError):
        validate_credit_code(code[:place] + other + code[place + 1 :])


def test_a_form_reads_amount_day_and_code():
    form = filled(signed_on="2024年3月1日", code=GOOD_CODE.lower())

    assert form.is_valid(), form.errors
    assert form.cleaned_data == {"amount": Decimal(60000), "signed_on": date(2024, 3, 1), "code": GOOD_CODE}


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"amount": "约6亿"}, "amount", "exact"),
        ({"amount": ""}, "amount", "required"),
        ({"signed_on": "2024-02-30"}, "signed_on", "does not exist"),
        ({"signed_on": "2024-04-01"}, "signed_on", "future"),
        ({"code": "123"}, "code", "18 characters"),
    ],
)
def test_a_form_says_beside_the_field_what_is_wrong(given, field, sentence):
    form = filled(**given)

    assert not form.is_valid()
    assert list(form.errors) == [field]
    assert sentence in form.errors[field][0]


def test_the_form_echoes_how_the_amount_was_understood():
    assert filled()["amount"].help_text == "Whole contract. = 60,000 (RMB 10k), that is RMB 0.6 bn"
    assert filled(amount="nonsense")["amount"].help_text == "Whole contract."
    assert PledgeForm()["amount"].help_text == "Whole contract."


def test_an_amount_comes_back_to_the_form_as_people_write_it():
    assert 'value="60000"' in str(PledgeForm(initial={"amount": Decimal("60000.0000")})["amount"])
    assert 'value="1.5"' in str(PledgeForm(initial={"amount": Decimal("1.5000")})["amount"])


def test_an_unchanged_amount_does_not_count_as_changed():
    form = PledgeForm(
        {"amount": "6亿", "signed_on": "2024-03-01", "code": ""},
        initial={"amount": Decimal("60000.0000"), "signed_on": date(2024, 3, 1), "code": ""},
    )

    assert not form.has_changed()


def test_model_columns_use_these_form_fields_and_keep_migrations_short():
    assert isinstance(WanField().formfield(), WanFormField)
    assert isinstance(CreditCodeField().formfield(), CreditCodeFormField)
    assert WanField(null=True).deconstruct()[3] == {"null": True}
    assert CreditCodeField(blank=True).deconstruct()[3] == {"blank": True}


def test_a_sum_is_exact_to_the_yuan_on_every_database(maker, stranger):
    people = get_user_model().objects.annotate(wan=Value(Decimal("0.1"), output_field=WanField()))

    total = people.aggregate(total=Sum("wan"))["total"]

    assert total == Decimal("0.2000")


def test_a_model_column_normalises_and_checks_a_credit_code():
    column = CreditCodeField(blank=True)

    assert column.clean(f" {GOOD_CODE.lower()} ", None) == GOOD_CODE
    assert column.get_prep_value(GOOD_CODE.lower()) == GOOD_CODE
    with pytest.raises(ValidationError):
        column.clean(GOOD_CODE[:-1] + "0", None)
