"""Parks in a text, by name, by alias and by the few other ways their names are written."""

import re
from collections.abc import Iterable, Mapping

from core.script import plain
from crm.parsing.marks import Span, Text, Words

_ENDS = ("区", "园", "城", "谷", "港", "镇", "基地", "中心", "示范区", "大厦", "广场", "岛")
_CITY = re.compile(r"^.{2,3}市")
_PARKISH = re.compile(r"园区$|园$")


def park_words(names: Mapping[str, Iterable[str]]) -> Words:
    """`names`: of each park's code its name, short name and aliases. One that names no place is left out."""
    words: dict[str, str] = {}
    for code, spellings in names.items():
        for spelling in spellings:
            for word in _spellings(plain(spelling.strip())):
                words.setdefault(word, code)
    return Words(words.items())


def _spellings(name: str) -> Iterable[str]:
    if len(name) < 2 or not name.endswith(_ENDS):
        return
    without_city = _CITY.sub("", name)
    forms = [name]
    if len(without_city) > 3 and without_city != name:
        forms += [without_city, f"{name[: len(name) - len(without_city) - 1]}{without_city}"]
    for form in forms:
        yield form
        if _PARKISH.search(form):
            yield _PARKISH.sub("园" if form.endswith("园区") else "园区", form)


def parks(text: Text, words: Words) -> Iterable[Span]:
    for start, end, code in words.find(text.plain):
        yield text.span(start, end, "park", code)
