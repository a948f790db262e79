"""How good the order is: judged queries asked of an engine in this process.

A query file is JSON Lines: `id`, `class`, `q`, `filters` and `answers`, each answer with
`kind`, `name`, `app` ("*" or none: any) and `grade` (3 the one wanted, 2 good, 1 acceptable).
An answer is given away once: to the first hit that is it, or to one of the first ten
variants of a hit, which count as if they stood right behind it.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from search_app.engine.protocol import Engine
from search_app.engine.results import Hit
from search_app.query.parser import parse_query

DEPTH = 20  # hits asked for
FOLDED = 10  # variants of a hit that count
MEASURES = ("success@1", "success@3", "mrr@10", "ndcg@10", "recall@20")
_DOCS_SITE = re.compile(r"^https?://docs\.telemetry\.mozilla\.org/")


@dataclass(frozen=True, slots=True)
class Answer:
    """A judged thing."""

    kind: str
    name: str
    app: str  # "" for any
    grade: int


@dataclass(frozen=True, slots=True)
class JudgedQuery:
    """A query with what is known of its answers."""

    id: str
    group: str  # its class
    text: str
    filters: Mapping[str, str]
    answers: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A hit or one of its variants, as far as it is compared with answers."""

    kind: str
    name: str
    apps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Judged:
    """One query's figures."""

    id: str
    group: str
    text: str
    rank: int  # of the first good answer, 0 for none
    success1: float
    success3: float
    mrr10: float
    ndcg10: float
    recall20: float
    above: tuple[str, ...] = ()  # what stood above the wanted hit
    wanted: tuple[str, ...] = ()

    def figures(self) -> tuple[float, ...]:
        """In the order of MEASURES."""
        return self.success1, self.success3, self.mrr10, self.ndcg10, self.recall20


@dataclass(frozen=True, slots=True)
class Report:
    """Figures by query."""

    rows: tuple[Judged, ...]

    def groups(self) -> dict[str, tuple[Judged, ...]]:
        """The rows by class, and all of them under "all"."""
        names = sorted({row.group for row in self.rows})
        grouped = {name: tuple(row for row in self.rows if row.group == name) for name in names}
        return grouped | {"all": self.rows}

    def means(self, name: str = "all") -> dict[str, float]:
        """The mean of each measure over a class."""
        rows = self.groups().get(name, ())
        columns = zip(*(row.figures() for row in rows), strict=True)
        return (
            {measure: sum(c) / len(c) for measure, c in zip(MEASURES, columns, strict=True)} if rows else {}
        )


def judged_queries(path: Path) -> Iterator[JudgedQuery]:
    """The judged queries of a file of JSON Lines. Raises ValueError for a line that is none."""
    with path.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, 1):
            if line.strip():
                try:
                    query = json.loads(line)
                    answers = tuple(_answer(answer) for answer in query["answers"])
                    filters = {k: str(v) for k, v in (query.get("filters") or {}).items()}
                    yield JudgedQuery(
                        str(query["id"]), str(query["class"]), str(query["q"]), filters, answers
                    )
                except (KeyError, TypeError, AttributeError, json.JSONDecodeError) as problem:
                    raise ValueError(f"{path.name}, line {number}: not a judged query ({problem})") from None


def evaluate(engine: Engine, *paths: Path, filters: bool = True, least_grade: int = 2) -> Report:
    """Ask every judged query of some files and measure the answers.

    `filters`: send those that a query brings along. Raises ValueError for a line that is no query.
    """
    rows = []
    for query in (query for path in paths for query in judged_queries(path)):
        sent = query.filters if filters else {}
        hits = engine.search(parse_query(query.text, {**sent, "size": str(DEPTH), "facets": ""})).hits
        rows.append(judge(query.id, query.group, query.text, hits, query.answers, least_grade))
    return Report(tuple(rows))


def judge(
    name: str, group: str, text: str, hits: Sequence[Hit], answers: Sequence[Answer], least_grade: int = 2
) -> Judged:
    """The figures of one query's hits."""
    grades = grades_of(hits, answers)
    rank = next((place for place, grade in enumerate(grades, 1) if grade >= least_grade), 0)
    wanted = sum(answer.grade >= least_grade for answer in answers)
    ideal = _gain(sorted((answer.grade for answer in answers), reverse=True)[:10])
    found = min(DEPTH, sum(grade >= least_grade for grade in grades))
    return Judged(
        name,
        group,
        text,
        rank,
        float(rank == 1),
        float(0 < rank <= 3),
        1 / rank if 0 < rank <= 10 else 0.0,
        _gain(grades[:10]) / ideal if ideal else 0.0,
        found / min(DEPTH, wanted) if wanted else 0.0,
        tuple(f"{hit.card.kind}:{hit.card.name}" for hit in hits[: min(rank - 1 if rank else 5, 5)]),
        tuple(f"{a.kind}:{a.name}" for a in sorted(answers, key=lambda a: -a.grade)[:3]),
    )


def grades_of(hits: Sequence[Hit], answers: Sequence[Answer]) -> list[int]:
    """The grade that each hit earns, and behind it those of its variants that earn one."""
    left = sorted(answers, key=lambda answer: -answer.grade)
    grades: list[int] = []
    for hit in hits[:DEPTH]:
        for place, found in enumerate(members_of(hit)):
            answer = next((answer for answer in left if is_answer(found, answer)), None)
            if answer is not None:
                left.remove(answer)
            if answer is not None or place == 0:
                grades.append(answer.grade if answer else 0)
    return grades


def is_answer(found: Found, answer: Answer) -> bool:
    """Is this the judged thing? Punctuation of names, projects of tables and, where the answer
    names a page only, sections of docs do not matter."""
    if found.kind != answer.kind:
        return False
    have, want = folded_name(found.kind, found.name), folded_name(answer.kind, answer.name)
    apps = {folded_name("app", app) for app in found.apps}
    match found.kind:
        case "probe":
            have = have if "#" in want else have.partition("#")[0]
            return have == (want if "/" in have else want.partition("/")[2])
        case "doc":
            return (have if "#" in want else have.partition("#")[0]) == want
        case "app":
            return have == want or want in apps
        case "metric" | "ping" if answer.app:
            return have == want and folded_name("app", answer.app) in apps
        case _:
            return have == want


def folded_name(kind: str, name: str) -> str:
    """One spelling for the names of a kind."""
    folded = name.strip().strip("`").lower()
    match kind:
        case "table":
            return ".".join(re.split(r"[.:]", folded)[-2:])
        case "doc":
            page = _DOCS_SITE.sub("", folded).replace(".html", ".md")
            return page.removeprefix("/").removeprefix("src/")
        case "metric" | "ping" | "app" | "tool":
            return re.sub(r"[ .\-]", "_", folded)
        case _:
            return folded


def _answer(answer: Mapping[str, Any]) -> Answer:
    app = answer.get("app")
    return Answer(
        answer["kind"], answer["name"], "" if app in (None, "*") else str(app), int(answer["grade"])
    )


def members_of(hit: Hit) -> Iterator[Found]:
    """What a hit shows: the thing itself, and those of its variants that count."""
    yield Found(hit.card.kind, hit.card.name, hit.card.app)
    for variant in hit.variants[:FOLDED]:
        yield Found(variant.kind, variant.name, variant.app)


def _gain(grades: Sequence[int]) -> float:
    """Discounted cumulative gain of grades in order."""
    return float(sum((2**grade - 1) / math.log2(place + 1) for place, grade in enumerate(grades, 1)))
