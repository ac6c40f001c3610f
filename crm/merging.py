"""How rows that refer to a company or a contact come along when two of them become one. Knows no models.

Every foreign key to a mergeable model is named here once, by `moves` or `stays`, beside the model that has it. A merge
refuses as long as one is not: nothing may be left behind because somebody forgot to say where it belongs.
"""

from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True)
class Relation:
    """`model`.`field` refers to the merged record.

    `once_per`: with the record itself unique, so a row that the kept one has already stays with the other.
    `follows`: paths from the row to what it hangs on; made after the merge, it goes back with that when it is undone.
    """

    model: Any
    field: str
    does_move: bool
    once_per: tuple[str, ...] = ()
    follows: tuple[tuple[str, Any], ...] = ()

    @property
    def name(self) -> str:
        return f"{self.model._meta.label_lower}.{self.field}"

    @property
    def target(self) -> Any:
        return self.model._meta.get_field(self.field).related_model

    @property
    def has_park(self) -> bool:
        return any(each.name == "park" for each in self.model._meta.concrete_fields)


_known: dict[str, Relation] = {}


def moves(model: Any, field: str, *, once_per: tuple[str, ...] = ()) -> None:
    """In a merge, rows of `model` come to refer to the record that is kept."""
    _remember(Relation(model, field, does_move=True, once_per=once_per))


def stays(model: Any, field: str) -> None:
    """In a merge, rows of `model` go on referring to the record that is dropped."""
    _remember(Relation(model, field, does_move=False))


def follows(model: Any, field: str, path: str, leader: Any) -> None:
    """Rows of `model`, which move by `field`, belong with the row of `leader` that `path` leads to."""
    known = _known[f"{model._meta.label_lower}.{field}"]
    _remember(replace(known, follows=(*known.follows, (path, leader))))


def _remember(relation: Relation) -> None:
    _known[relation.name] = relation


def moving(model: Any) -> list[Relation]:
    """What comes along when two rows of `model` are merged."""
    return [each for each in _known.values() if each.does_move and each.target is model]


def unknown_to(model: Any) -> list[str]:
    """Foreign keys to `model` of which nobody said what becomes of them, as app.model.field."""
    named = [
        f"{relation.related_model._meta.label_lower}.{relation.field.name}"
        for relation in model._meta.get_fields(include_hidden=True)
        # Of a many-to-many relation the rows of its own table are what refers.
        if relation.auto_created and not relation.concrete and (relation.one_to_many or relation.one_to_one)
    ]
    return [name for name in named if name not in _known]
