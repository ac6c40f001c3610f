"""When two spellings mean the same company."""

import re
import unicodedata

from core.script import simplified
from crm.regions import without_places

LONGEST = 120
_SIGNS = re.compile(r"[\s()\[\]{}<>《》〈〉【】「」『』〔〕·•・.,，。、:：;；!！?？&＆/／\\|_\-—–~～“”‘’\"'`*＊#]")
_FORMS = (
    "股份有限公司",
    "有限责任公司",
    "有限公司",
    "有限责任",
    "股份公司",
    "总公司",
    "公司",
    "集团",
    "股份",
    "有限合伙",
    "普通合伙",
)
_FOREIGN_FORM = re.compile(
    r"(?:^|[\s,.])(?:co\.?,? ?ltd|company|limited|ltd|incorporated|inc|corporation|corp|llc|gmbh|plc)\.?$",
    re.IGNORECASE,
)
_BRANCHES = ("分公司", "子公司", "分行", "支公司")


def normal_name(name):
    """The form two spellings of a company share: half width, simplified, no signs or spaces, no legal form behind.

    A branch keeps its form, since it is not the company itself; so does a name that is nothing but a form.
    """
    return _without_form(_plain(name))[:LONGEST]


def is_only_a_form(name):
    """Whether nothing is left to tell one company from another: 有限公司, 集团有限公司, a dash."""
    if _FOREIGN_FORM.fullmatch(name.strip()):
        return True
    rest = _plain(name)
    while form := _form_of(rest):
        rest = rest.removesuffix(form)
    return not rest


def core_name(name):
    """The normal form without the place in front or in brackets, for telling what is similar."""
    bare = _without_form(_plain(without_places(unicodedata.normalize("NFKC", name))))
    return without_places(bare)[:LONGEST]


def _plain(name):
    half_width = unicodedata.normalize("NFKC", name).strip()
    return simplified(_SIGNS.sub("", _FOREIGN_FORM.sub("", half_width) or half_width).lower())


def _form_of(text):
    return next((form for form in _FORMS if text.endswith(form)), "")


def _without_form(text):
    while not text.endswith(_BRANCHES):
        form = _form_of(text)
        if not form or form == text:
            break
        text = text.removesuffix(form)
    return text
