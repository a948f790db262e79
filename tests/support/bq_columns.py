"""The columns that the mirror's own .bq files hold, beside what the pages of metrics and probes say of them.

Reads app-listings and the archive of generated-schemas itself and shares no code with the
catalogue, so that a mistake there is not repeated here.
"""

from __future__ import annotations

import json
import re
import tarfile
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from indexer.model.items import AnyItem, MetricItem, ProbeItem
from indexer.model.parts import ColumnRef

ARCHIVE = "github.com/mozilla-services/mozilla-pipeline-schemas/archive/refs/heads/generated-schemas.tar.gz"
LISTINGS = "probeinfo.telemetry.mozilla.org/v2/glean/app-listings"
# a user-facing view shows the second attempt at these types under the first one's name (rule 4)
SECOND = {"url": "url2", "text": "text2", "jwe": "jwe2", "labeled_rate": "labeled_rate2"}
WRONG_YES = "WRONG: said to be there, and not"
EXAMPLES = 10


@dataclass
class ColumnCount:
    """How often pages and .bq files agree, and where they do not."""

    rows: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def add(self, other: ColumnCount) -> None:
        self.rows.update(other.rows)
        self.wrong += other.wrong

    def lines(self) -> Iterator[str]:
        """What to print."""
        for name, count in sorted(self.rows.items()):
            yield f"column {name:35} {count:9,}"
        yield from self.wrong[:EXAMPLES]
        if self.rows:
            yield f"{len(self.wrong):,} columns of which a page says what the .bq files do not"


class BqColumns:
    """Which paths the .bq files of a dataset's ping hold."""

    def __init__(self, mirror: Path) -> None:
        self._files: dict[tuple[str, str], set[str]] = {}  # (namespace, ping), both in snake case -> paths
        pattern = re.compile(r"[^/]+/schemas/([^/]+)/([^/]+)/\2\.\d+\.bq")
        with tarfile.open(mirror / ARCHIVE, "r|gz") as members:
            for member in members:
                match = pattern.fullmatch(member.name)
                stream = members.extractfile(member) if match else None
                if match and stream:
                    key = (_snake(match[1]), _snake(match[2]))
                    self._files.setdefault(key, set()).update(_paths(json.loads(stream.read())))
        self._namespaces: dict[str, set[str]] = {"telemetry": {"telemetry"}}  # dataset -> namespaces
        for listing in json.loads((mirror / LISTINGS).read_bytes()):
            for dataset in (listing["bq_dataset_family"], listing["app_name"]):
                self._namespaces.setdefault(dataset, set()).add(_snake(listing["document_namespace"]))

    def paths(self, table: str) -> list[set[str]]:
        """The .bq files beneath a view `dataset.ping`; empty where there is none."""
        dataset, ping = table.split(".")
        keys = [(namespace, ping) for namespace in sorted(self._namespaces.get(dataset, ()))]
        return [self._files[key] for key in keys if key in self._files]


def _snake(name: str) -> str:
    return name.replace("-", "_")


def _paths(fields: Iterable[Any], above: str = "") -> Iterator[str]:
    for each in fields:
        yield above + each["name"]
        yield from _paths(each.get("fields", ()), f"{above}{each['name']}.")


def holds(files: Iterable[set[str]], column: str) -> bool:
    """Whether one of the files has the column, under the name that it has there."""
    parts = column.split(".")
    other = ".".join([parts[0], SECOND.get(parts[1], parts[1]), *parts[2:]]) if len(parts) > 2 else column
    return any(column in paths or other in paths for paths in files)


def count_columns(item: AnyItem, real: BqColumns, count: ColumnCount) -> None:
    """Adds each row of the item's matrix: what it says of its column, and whether that is so."""
    if not isinstance(item, MetricItem | ProbeItem):
        return
    for row in item.columns:
        verdict = _verdict(row, real)
        count.rows[verdict] += 1
        if verdict.startswith("WRONG"):
            count.wrong.append(f"{item.id}: {verdict}: {row.table} {row.column}")


def _verdict(row: ColumnRef, real: BqColumns) -> str:
    if not row.column:
        return "rows of an event, no column"
    files = real.paths(row.table)
    there = holds(files, row.column)
    if row.exists is None:
        return "WRONG: said to be unknown, and there" if there else "of a table without any .bq, said so"
    if row.exists and not there:
        return "in the view's schema.yaml only, said so" if "not in that of" in row.note else WRONG_YES
    if row.exists:
        return "there"
    return "WRONG: said to be absent, and there" if there else "absent, said so"
