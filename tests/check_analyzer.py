"""`python -m tests.check_analyzer [DATA_DIR]`: our queries before Google's own analyzer, one thing a shape.

It resolves names, types, groups and windows as BigQuery does (GoogleSQL, formerly ZetaSQL, from the
package `zetasql`, which requirements/analyzer.txt locks: `make check-full` installs it and asks 60 things;
it takes 300 MB of memory and half a minute to start). Columns come from the catalogue's schemas; the
routines of mozfun are declared with the signatures that their READMEs give. Exit code 1 where a query is
refused.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import sqlglot
from sqlglot import exp

from indexer.index.generation import open_current
from indexer.model.table_records import Column
from indexer.store.reader import Store
from search_app.query.model import QueryProblem
from search_app.sql.builder.choices import Choices
from search_app.sql.builder.pair import build_pair
from tests.check_sql import Schemas, digests_of, sampled_over_types
from tests.support.builder_walk import combinations_of

try:
    from zetasql.api import Analyzer, CatalogBuilder, TableBuilder, TypeFactory
    from zetasql.api.builders.function_builder import FunctionBuilder, SignatureBuilder
    from zetasql.types import AnalyzerOptions, LanguageOptions, TypeKind, ZetaSQLBuiltinFunctionOptions
except ImportError:  # said by main
    Analyzer = None

INSTALL = "python requirements/install.py requirements/analyzer.txt"
ALWAYS_KEPT = frozenset({"key", "value", "values", "list", "key_value"})  # read by routines, not by name
ROUTINES = {
    "mozfun.glam.percentile": (("FLOAT64", "ARRAY<STRUCT<key STRING, value FLOAT64>>", "STRING"), "FLOAT64"),
    "mozfun.map.get_key": (("ARRAY<STRUCT<key STRING, value STRING>>", "STRING"), "STRING"),
    "mozfun.hist.percentiles": (
        ("STRUCT<values ARRAY<STRUCT<key INT64, value FLOAT64>>>", "ARRAY<FLOAT64>"),
        "ARRAY<STRUCT<percentile FLOAT64, value FLOAT64>>",
    ),
    "mozfun.hist.extract": (
        ("STRING",),
        "STRUCT<bucket_count INT64, histogram_type INT64, `sum` INT64, `range` ARRAY<INT64>,"
        " values ARRAY<STRUCT<key INT64, value INT64>>>",
    ),
}
PLAIN = {
    "INTEGER": "INT64",
    "FLOAT": "DOUBLE",
    "FLOAT64": "DOUBLE",
    "BOOLEAN": "BOOL",
    "BIGNUMERIC": "BIGNUMERIC",
}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data_dir", type=Path)
    parser.add_argument("--things", type=int, default=60)
    parser.add_argument("--pairs", type=int, default=0, help="each n-th pair of choices, 0 for none")
    options = parser.parse_args()
    if Analyzer is None:
        print(f"the analyzer is not installed: {INSTALL}")
        return 2
    opened = open_current(options.data_dir)
    asked, refused = check(Store(opened.path / "catalogue.sqlite"), options.things, options.pairs)
    for cause, found in refused.items():
        print(f"{len(found):,} x {cause}\nsuch as {found[0]}\n")
    print(f"{asked:,} queries before the analyzer, {sum(map(len, refused.values())):,} refused")
    return 1 if refused else 0


def check(store: Store, things: int, pairs: int = 0) -> tuple[int, dict[str, list[str]]]:
    """How many queries were asked, and those that the analyzer refused, by their cause."""
    schemas = Schemas(store, digests_of(store))
    judge = Judge(schemas)
    refused: dict[str, list[str]] = {}
    asked = 0
    for where, sql in queries(store, schemas, things, pairs):
        asked += 1
        if problem := judge.problem(sql):
            refused.setdefault(re.sub(r"\[at [^]]*\]|`[^`]*`", "", problem)[:120], []).append(
                f"{where}: {problem}\n{sql}"
            )
    return asked, refused


def queries(store: Store, schemas: Schemas, things: int, pairs: int) -> Iterator[tuple[str, str]]:
    """The queries by choice of one thing a form, each once, and of each with its neighbour."""
    before = None
    for item in store.items(sampled_over_types(store, things)):
        seen: set[str] = set()
        for asked, built in combinations_of(item, schemas.context, schemas.columns_of, pairs):
            if built.query.sql not in seen:
                seen.add(built.query.sql)
                yield f"{item.id} {asked}", built.query.sql
        if seen and before is not None:
            for chosen in (Choices(), Choices(measure="clients"), Choices(by=("country", "date"))):
                try:
                    made = build_pair(item, before, chosen, schemas.context, schemas.columns_of)
                except QueryProblem:
                    continue
                yield f"{item.id} beside {before.id}", made.query.sql
        before = item if seen else before


class Judge:
    """Google's analyzer over the schemas of the catalogue."""

    def __init__(self, schemas: Schemas) -> None:
        self._schemas = schemas
        self._language = LanguageOptions.maximum_features()
        self._builtin = ZetaSQLBuiltinFunctionOptions(language_options=self._language)

    def problem(self, sql: str) -> str:
        """Why the analyzer refuses a query; "" where it takes it."""
        for name in ROUTINES:
            sql = sql.replace(f"{name}(", f"{name.replace('.', '_')}(")
        words = frozenset(re.findall(r"\w+", sql.lower())) | ALWAYS_KEPT
        catalog = CatalogBuilder("catalogue").with_builtin_functions(self._builtin)
        for table in dict.fromkeys(re.findall(r"`((?:[\w-]+\.){2}[\w-]+)`", sql)):
            columns = self._schemas.columns_of(table)
            built = TableBuilder(table)
            for name, kind in _types(columns, words).items():
                built.add_column(name, kind)
            catalog.add_table(built.build())
        for name, (arguments, result) in ROUTINES.items():
            builder = SignatureBuilder().set_return_type(_declared(result))
            for each in arguments:
                builder.add_argument(_declared(each))
            signature = builder.build()
            for argument in (signature.return_type, *signature.argument):
                argument.num_occurrences = 1
            function = FunctionBuilder(name.replace(".", "_")).add_signature(signature)
            catalog.add_function(function.build())
        try:
            Analyzer(AnalyzerOptions(language_options=self._language), catalog.build()).analyze_statement(sql)
        except Exception as refusal:
            return str(refusal) or type(refusal).__name__
        return ""


def _types(columns: Sequence[Column], words: frozenset[str]) -> dict[str, Any]:
    """Top-level columns with their types, as far as a query's words name them."""
    beneath: dict[str, list[Column]] = {}
    for column in columns:
        above, _, name = column.path.rpartition(".")
        if name.lower() in words:
            beneath.setdefault(above, []).append(column)

    def of(column: Column) -> Any:
        fields = beneath.get(column.path, ())
        if column.type in ("RECORD", "STRUCT"):
            kind = TypeFactory.create_struct_type(
                [(each.path.rpartition(".")[2], of(each)) for each in fields]
            )
        else:
            kind = _simple(column.type)
        return TypeFactory.create_array_type(kind) if column.mode == "REPEATED" else kind

    return {column.path: of(column) for column in beneath.get("", ())}


def _simple(name: str) -> Any:
    return TypeFactory.create_simple_type(getattr(TypeKind, f"TYPE_{PLAIN.get(name, name or 'STRING')}"))


def _declared(text: str) -> Any:
    """A type as SQL writes it."""
    parsed = sqlglot.parse_one(f"CAST(NULL AS {text})", dialect="bigquery").args["to"]

    def of(node: exp.DataType) -> Any:
        if node.this == exp.DataType.Type.ARRAY:
            return TypeFactory.create_array_type(of(node.expressions[0]))
        if node.this == exp.DataType.Type.STRUCT:
            fields = [(each.this.name, of(each.args["kind"])) for each in node.expressions]
            return TypeFactory.create_struct_type(fields)
        return _simple(node.sql("bigquery"))

    return of(parsed)


if __name__ == "__main__":
    sys.exit(main())
