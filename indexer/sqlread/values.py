"""Columns while they are being resolved: types as trees, and values with the columns they are made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from indexer.sqlread.budget import BUDGET
from indexer.sqlread.model import DataType
from indexer.sqlread.types import common_type

Origin = tuple[str, str]  # (project.dataset.table, path of a column in it)
NOWHERE: frozenset[Origin] = frozenset()
UNSURE: Origin = ("", "")  # among origins: there is a column more, of which SQL does not tell the table
DOUBT = frozenset((UNSURE,))
# Most columns have no fields; half a million dictionaries without entries would be 30 MB.
_NO_FIELDS: dict[str, Shape] = {}


@dataclass(slots=True, eq=False)
class Shape:
    """A column's type with all beneath it; shared by everything that has the same columns."""

    name: str = ""  # as it is spelled
    type: str = ""
    repeated: bool = False
    description: str = ""
    required: bool = False
    fields: dict[str, Shape] = field(default_factory=lambda: _NO_FIELDS)  # by name in lower case, in order


def shape_of_columns(columns: Iterable[tuple[str, str, str, str]]) -> Shape:
    """The tree of flat columns: (path, type, mode, description), parents before children."""
    root = Shape(fields={})
    known = {"": root}
    for path, kind, mode, description in columns:
        above, _, name = path.rpartition(".")
        holder = known.get(above)
        if holder is None:
            continue  # its parent was left out as unreadable
        shape = Shape(name, kind, mode == "REPEATED", description, mode == "REQUIRED")
        if holder.fields is _NO_FIELDS:
            holder.fields = {}
        if name.lower() not in holder.fields:
            holder.fields[name.lower()] = shape
            known[path] = shape
    return root


def shape_of_type(name: str, written: DataType) -> Shape:
    """The tree of a type that SQL writes out."""
    fields = {part.lower(): shape_of_type(part, kind) for part, kind in written.fields if part}
    return Shape(name, written.name, written.repeated, fields=fields)


@dataclass(slots=True, eq=False)
class Made:
    """A value: its type, and the columns that it is made of.

    `shape` tells the type where it is that of a column (or a part of one); `children` are the
    fields of a struct that the SQL itself builds, with those of `rest` where a star of it is among
    them. `same` says that it is its origin, unchanged.
    """

    type: str = ""
    repeated: bool = False
    shape: Shape | None = None
    origins: frozenset[Origin] = NOWHERE
    children: dict[str, tuple[str, Made]] | None = None
    same: bool = False
    extends: bool = False  # its fields are the fields of its origins
    besides: frozenset[Origin] = NOWHERE  # what decides it beside its origins: a condition, an index
    rest: Made | None = None  # a value of unknown type: what is not in `children` is a field of it
    items: tuple[Made, ...] = ()  # the elements of an array that SQL writes out, in their order

    def child(self, name: str) -> Made | None:
        """A field of a struct. None where there is none of that name; unknown where the type is."""
        key = name.lower()
        BUDGET.spend()
        if self.children is not None:
            found = self.children.get(key)
            return found[1] if found else self.rest.child(name) if self.rest is not None else None
        if self.shape is not None and self.shape.fields:
            shape = self.shape.fields.get(key)
            if shape is None:
                return None
            origins = self._beneath(shape.name)
            return Made(
                shape.type, shape.repeated, shape, origins, None, self.same, self.extends, self.besides
            )  # fmt: skip
        if self.type == "JSON":
            return Made("JSON", False, None, self.origins, besides=self.besides)
        if self.type:
            return None
        same = self.same and self.extends
        return Made("", False, None, self._beneath(name), None, same, self.extends, self.besides)

    def names(self) -> list[str] | None:
        """The fields in their order; None where they are not known."""
        if self.rest is not None:
            return None
        if self.children is not None:
            return [name for name, _ in self.children.values()]
        if self.shape is not None and self.shape.fields:
            return [shape.name for shape in self.shape.fields.values()]
        return None

    def _beneath(self, name: str) -> frozenset[Origin]:
        if not self.extends:
            return self.origins
        return frozenset(
            (table, f"{path}.{name}" if path else name) if table else UNSURE for table, path in self.origins
        )

    def all_origins(self) -> frozenset[Origin]:
        """Of the value and of all fields that it is built of."""
        BUDGET.spend(len(self.origins) + 1)
        if self.children is None:
            return self.origins | self.besides
        parts = [part.all_origins() for _, part in self.children.values()]
        parts += [self.rest.all_origins()] if self.rest is not None else []
        return self.origins.union(self.besides, *parts)

    def element(self) -> Made:
        """What an array holds."""
        return self._repeated(False, self.same)

    def array(self) -> Made:
        """An array of values like this."""
        return self._repeated(True, False)

    def _repeated(self, repeated: bool, same: bool) -> Made:
        # written out: dataclasses.replace() takes ten times as long, and this is asked very often
        return Made(
            self.type, repeated, self.shape, self.origins, self.children, same, self.extends,
            self.besides, self.rest,
        )  # fmt: skip

    def changed(self, besides: frozenset[Origin] = NOWHERE) -> Made:
        """The same type, made of this and more, and no longer the column itself."""
        children = self.children
        BUDGET.spend(1 + len(children or ()))
        if children is not None and besides:
            children = {key: (name, part.changed(besides)) for key, (name, part) in children.items()}
        rest = self.rest.changed(besides) if self.rest is not None and besides else self.rest
        besides = self.besides | besides if besides else self.besides
        return Made(
            self.type, self.repeated, self.shape, self.origins, children, False, self.extends, besides, rest
        )  # fmt: skip

    def with_fields_of(self, shape: Shape) -> Made:
        """With the fields that a schema names: those of `rest` by their names."""
        if self.children is None:
            return self
        BUDGET.spend(1 + len(self.children))
        return replace(self, children=named_by(shape, self.children, self.child, self.rest), rest=None)


def named_by(
    shape: Shape,
    known: Mapping[str, tuple[str, Made]],
    field_of: Callable[[str], Made | None],
    rest: Made | None,
) -> dict[str, tuple[str, Made]]:
    """What is known, and of the rest, where there is one, the fields that a schema names."""
    found = {
        key: (name, made.with_fields_of(shape.fields[key]) if key in shape.fields else made)
        for key, (name, made) in known.items()
    }
    for key, each in shape.fields.items() if rest is not None else ():
        made = field_of(each.name)
        if key not in found and made is not None:
            found[key] = (each.name, made)
    return found


def unknown_row(table: str) -> Made:
    """A row of a table whose columns are not known: whatever is a field of it is a column of that table."""
    return Made(origins=frozenset(((table, ""),)), same=True, extends=True)


def column_of(table: str, shape: Shape) -> Made:
    """A column of a table as a value."""
    return Made(
        shape.type, shape.repeated, shape, frozenset(((table, shape.name),)), None, same=True, extends=True
    )


def of_type(written: DataType, origins: frozenset[Origin]) -> Made:
    """A value of a type that is written out."""
    shape = shape_of_type("", written) if written.fields else None
    return Made(written.name, written.repeated, shape, origins)


def struct_of(fields: Iterable[tuple[str, Made]]) -> Made:
    """A struct of these fields."""
    children: dict[str, tuple[str, Made]] = {}
    for at, (name, value) in enumerate(fields):
        children.setdefault((name or f"_field_{at + 1}").lower(), (name or f"_field_{at + 1}", value))
    return Made("RECORD", False, None, NOWHERE, children)


def given_to(made: Made, written: DataType) -> Made:
    """A value as a parameter of a routine: BigQuery takes the fields of a struct in their order, under the
    names that the parameter's type gives them.
    """
    fields = fields_of(made)
    if not written.fields or fields is None or len(fields) != len(written.fields):
        return made
    if list(fields) == [name.lower() for name, _ in written.fields]:
        return made
    children = {
        name.lower(): (name, given_to(part, kind))
        for (name, kind), (_, part) in zip(written.fields, fields.values(), strict=True)
    }
    return Made("RECORD", made.repeated, None, NOWHERE, children, besides=made.besides)


def merged(left: Made, right: Made) -> Made:
    """What two branches of a UNION (or of a CASE) give in one place: named and typed as the left."""
    BUDGET.spend(1 + len(left.origins) + len(right.origins))
    alike = left.shape is right.shape and left.type == right.type and left.children is right.children is None
    if alike and left.extends and right.extends:
        return Made(
            left.type, left.repeated, left.shape, left.origins | right.origins, None,
            left.same and right.same, True, left.besides | right.besides,
        )  # fmt: skip
    if left.rest is not None or right.rest is not None:
        return Made(origins=left.all_origins() | right.all_origins() | DOUBT)
    names, others = left.names(), right.names()
    if names and others and len(names) == len(others):
        children = {}
        for name, other in zip(names, others, strict=True):
            mine, theirs = left.child(name), right.child(other)
            if mine is not None and theirs is not None:
                children[name.lower()] = (name, merged(mine, theirs))
        return Made("RECORD", left.repeated, None, NOWHERE, children)
    known = left if left.type or left.names() else right
    plain = not names and not others
    kind = common_type([left.type, right.type]) or known.type if plain else known.type
    return Made(
        kind, known.repeated, known.shape, left.all_origins() | right.all_origins(), known.children,
        left.same and right.same and plain, False,
    )  # fmt: skip


def doubted(made: Made) -> Made:
    """The same value, made of something more that SQL does not tell."""
    children = made.children
    BUDGET.spend(1 + len(children or ()))
    if children is not None:
        children = {key: (name, doubted(part)) for key, (name, part) in children.items()}
    rest = doubted(made.rest) if made.rest is not None else None
    return replace(made, children=children, origins=made.origins | DOUBT, rest=rest)


def to_shape(name: str, made: Made) -> Shape:
    """The type of a value as a tree; parts that are those of a column are shared with it."""
    BUDGET.spend()
    if made.children is None and made.shape is not None:
        shape = made.shape
        if shape.name == name and shape.repeated == made.repeated and shape.type == made.type:
            return shape if made.same or not shape.description else _bare(name, made, shape)
        return _bare(name, made, shape)
    known = made.children if made.children is not None and made.rest is None else {}
    fields = {key: to_shape(part, value) for key, (part, value) in known.items()}
    return Shape(name, made.type, made.repeated, fields=fields)


def _bare(name: str, made: Made, shape: Shape) -> Shape:
    """The same type under another name; its description only where it is still the same thing."""
    return Shape(name, made.type, made.repeated, shape.description if made.same else "", fields=shape.fields)


def is_bounded(root: Shape, most: int) -> bool:
    """Whether it has no more columns than so many, nested ones counted."""
    count = 0
    stack = [root]
    while stack:
        fields = stack.pop().fields
        count += len(fields)
        if count > most:
            return False
        stack.extend(fields.values())
    return True


def flat(root: Shape) -> Iterator[tuple[str, str, str, str]]:
    """(path, type, mode, description) of all beneath, parents before children."""
    stack = [("", shape) for shape in reversed(root.fields.values())]
    while stack:
        prefix, shape = stack.pop()
        path = prefix + shape.name
        mode = "REPEATED" if shape.repeated else "REQUIRED" if shape.required else "NULLABLE"
        yield path, shape.type or ("RECORD" if shape.fields else ""), mode, shape.description
        stack.extend((f"{path}.", each) for each in reversed(shape.fields.values()))


def fields_of(made: Made) -> Mapping[str, tuple[str, Made]] | None:
    """The fields of a struct by lower-case name; None where it is none, or not known."""
    names = made.names()
    if names is None:
        return None
    found = {}
    for name in names:
        part = made.child(name)
        if part is not None:
            found[name.lower()] = (name, part)
    return found
