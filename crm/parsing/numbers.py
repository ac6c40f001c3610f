"""Credit codes, telephone numbers and e-mail addresses, each in one spelling however they were grouped."""

import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError

from core.fields import normalise_credit_code, validate_credit_code
from crm.parsing.marks import Span, Text

_LETTER = "[0-9A-HJ-NPQRTUWXYa-hj-npqrtuwxy]"
_CODE = re.compile(rf"(?<![0-9A-Za-z])(?:{_LETTER}[ -]?){{17}}{_LETTER}(?![0-9A-Za-z])")
_NAMED_CODE = re.compile(r"(?:信用代码|税号)[^0-9A-Za-z\n]{0,8}([0-9A-Za-z]{15,20})(?![0-9A-Za-z])")
_SEP = r"[ \-.]?"
_MOBILE = re.compile(rf"(?<![0-9A-Za-z+])(?:\+?86{_SEP}|0086{_SEP})?(1[3-9][0-9](?:{_SEP}[0-9]){{8}})(?![0-9A-Za-z])")
_LANDLINE = re.compile(
    r"(?<![0-9A-Za-z])(?:\+?86[ -]?)?\(?(0(?:10|2[0-9]|[3-9][0-9]{2}))\)?[ -]?([2-8][0-9]{2,3}[ -]?[0-9]{4})"
    r"(?: ?(?:转|-|ext\.?) ?([0-9]{1,5}))?(?![0-9A-Za-z])"
)
_SERVICE = re.compile(r"(?<![0-9])(400|800)[ -]?([0-9]{3})[ -]?([0-9]{4})(?![0-9])")
_ADDRESS = re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}")
_ID_NUMBER = re.compile(r"[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:[0-2][0-9]|3[01])[0-9]{3}[0-9X]")


def credit_codes(text: Text) -> Iterable[Span]:
    seen = set()
    for found in _CODE.finditer(text.plain):
        code = normalise_credit_code(found[0])
        if not _is_valid(code):
            continue
        seen.add(found.start())
        yield text.span(found.start(), found.end(), "credit_code", code)
    for found in _NAMED_CODE.finditer(text.plain):
        code = normalise_credit_code(found[1])
        if found.start(1) not in seen and not _ID_NUMBER.fullmatch(code):
            # Called a code but mistyped: shown, so that a person compares, and never filled in.
            yield text.span(*found.span(1), "credit_code", "", unsure=True, asks="code")


def _is_valid(code: str) -> bool:
    try:
        validate_credit_code(code)
    except ValidationError:
        return False
    return not _ID_NUMBER.fullmatch(code)


def phones(text: Text) -> Iterable[Span]:
    for found in _MOBILE.finditer(text.plain):
        yield text.span(found.start(), found.end(), "phone", re.sub(r"[^0-9]", "", found[1]))
    for found in _LANDLINE.finditer(text.plain):
        extension = f"-{found[3]}" if found[3] else ""
        yield text.span(found.start(), found.end(), "phone", f"{found[1]}-{re.sub('[^0-9]', '', found[2])}{extension}")
    for found in _SERVICE.finditer(text.plain):
        yield text.span(found.start(), found.end(), "phone", "-".join(found.groups()))


def emails(text: Text) -> Iterable[Span]:
    for found in _ADDRESS.finditer(text.plain):
        yield text.span(found.start(), found.end(), "email", found[0].lower())
