"""How numbers of people are shown in part: the only place that knows what a telephone, e-mail or identity number is."""

import re
from collections import defaultdict
from typing import Any

from django.core.exceptions import ValidationError

from core.fields import validate_credit_code

STARS = "***"
"""What every masked value holds and no real number or address does."""

_PARTS = {
    # A mobile number, whole or in groups, with or without the country's code.
    "mobile": r"(?<!\d)(?:\+?86[-\s]?)?[1１][3-9３-９]\d[-\s]?\d{4}[-\s]?\d{4}(?!\d)",
    "landline": r"(?<!\d)0\d{2,3}[-\s]\d{7,8}(?!\d)",
    # An identity number: area, day of birth, order, check character.
    "identity": (
        r"(?<![0-9A-Za-z])[1-8]\d{5}[-\s]?(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])[-\s]?\d{3}[0-9Xx]"
        r"(?![0-9A-Za-z])"
    ),
    # In an address of a page the sign is written %40. SECURITY: bounded, so that a long text costs little.
    "mail": r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._+-]{1,64}(?:@|%40)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}",
}
_NUMBERS = re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in _PARTS.items()))
# The least that any of them needs, for which a text is looked through a dozen times as fast.
_RUN_OF_DIGITS = re.compile(r"\d[\d\s-]{10}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def masked(text: str) -> str:
    """138****1234 for a number; of anything shorter than eight characters only the end is left."""
    text = text.strip()
    if not text:
        return ""
    if "@" in text:
        return f"{text[0]}{STARS}{text[text.index('@') :]}"
    return f"{text[:3]}****{text[-4:]}" if len(text) >= 8 else f"****{text[-2:]}"


def veiled(text: str) -> str:
    """A free text with the numbers of people in it masked; everything else stays as it is."""
    return _NUMBERS.sub(_veil, text) if _may_hold_numbers(text) else text


def _may_hold_numbers(text: str) -> bool:
    return "@" in text or "%40" in text or _RUN_OF_DIGITS.search(text) is not None


def holds_numbers(text: str) -> bool:
    return veiled(text) != text


def _veil(found: re.Match[str]) -> str:
    whole = found[0]
    if found.lastgroup == "mail":
        at = "@" if "@" in whole else "%40"
        return f"{whole[0]}{STARS}{whole[whole.index(at) :]}"
    plain = re.sub(r"[-\s]", "", whole)
    if found.lastgroup == "mobile":
        return masked(plain[-11:])
    if found.lastgroup == "identity" and _is_credit_code(plain):
        return whole
    return masked(plain)


def _is_credit_code(text: str) -> bool:
    """Both numbers have 18 places and a check character, and a company's is no secret; in doubt it is a person's."""
    if _identity_check(text) == text[-1].upper():
        return False
    try:
        validate_credit_code(text)
    except ValidationError:
        return False
    return True


def _identity_check(text: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(text[:17], _WEIGHTS, strict=True))
    return "10X98765432"[total % 11]


def unveiled(typed: str, original: str) -> str:
    """`typed`, which began as `veiled(original)`, with the numbers it shows in part put back.

    Raises ValueError where two numbers look alike in part and one of them was taken out: which one, nobody can say.
    """
    if STARS not in typed:
        return typed
    numbers: dict[str, list[str]] = defaultdict(list)
    for found in _NUMBERS.finditer(original):
        if (shown := _veil(found)) != found[0]:
            numbers[shown].append(found[0])
    for shown, whole in numbers.items():
        count = typed.count(shown)
        if len(set(whole)) > 1 and count not in (0, len(whole)):
            raise ValueError(shown)
        for number in (whole * count)[:count]:
            typed = typed.replace(shown, number, 1)
    return typed


def personal(model: Any) -> tuple[str, ...]:
    """The fields of a model that hold a number of a person and nothing else."""
    return getattr(model, "PERSONAL", ())


def shown_in_part(model: Any, field: str, value: Any) -> Any:
    """A value of a record as pages, the API and the trail show it."""
    if not isinstance(value, str):
        return value
    return masked(value) if field in personal(model) else veiled(value)
