"""When two spellings mean the same company, and how a telephone number is shown to those who need not call it."""

import re
import unicodedata

SUFFIXES = re.compile(r"(股份有限公司|有限责任公司|集团有限公司|有限公司|集团|公司)$")


def normal_name(name):
    """The form two spellings of a company share: half width, no brackets or spaces, no legal suffix."""
    plain = re.sub(r"[\s()（）·・.,，。\-—“”\"']", "", unicodedata.normalize("NFKC", name)).lower()
    return SUFFIXES.sub("", plain) or plain


def masked(text):
    """138****1234 for a number; of anything shorter than eight characters only the end is left."""
    text = text.strip()
    if not text:
        return ""
    if "@" in text:
        return f"{text[0]}***{text[text.index('@') :]}"
    return f"{text[:3]}****{text[-4:]}" if len(text) >= 8 else f"****{text[-2:]}"
