"""Search: what records say of themselves, the index of it, and the questions lists and the search box ask."""

from core.search.catalogue import Description, Searchable, searchable
from core.search.columns import FEW, containing, few_keys, keys_of, starting
from core.search.index import find, find_each, forget, found_in, lend, put, refresh, set_scope

__all__ = [
    "FEW",
    "Description",
    "Searchable",
    "containing",
    "few_keys",
    "find",
    "find_each",
    "forget",
    "found_in",
    "keys_of",
    "lend",
    "put",
    "refresh",
    "searchable",
    "set_scope",
    "starting",
]
