"""indexer/sources/annotations.py on a golden file, and counted against the mirror's own file."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from indexer.model.records import Annotation
from indexer.sources.annotations import Source
from tests.support.fetching import GOLDEN, fetch_all, fetched, records_of

SOURCE = Source()


def test_each_annotated_app_metric_and_ping_is_a_record() -> None:
    records, report = records_of(
        SOURCE, [fetched(SOURCE.requests({})[0], GOLDEN / "annotations" / "api.json")]
    )
    assert records == [
        Annotation("fenix", "app", "", tags=("Android",)),
        Annotation(
            "fenix",
            "metric",
            "browser.search.in_content",
            commentary="Read it together with the baseline ping.",
            warning="Before 2021 it counted twice.",
            features=("search", "ads"),
        ),
        Annotation("fenix", "ping", "activation", commentary="Only once for each install."),
        Annotation("gecko", "metric", "gfx.adapters", tags=("Graphics",)),
    ]
    assert report.skipped == Counter({"metrics: not as expected": 1, "origin: not as expected": 1})


@pytest.mark.mirror
def test_the_mirrors_annotations_are_read(mirror: Path) -> None:
    records, report = records_of(SOURCE, fetch_all(SOURCE, mirror, {}))
    kinds = Counter(record.kind for record in records if isinstance(record, Annotation))
    assert kinds == {"app": 21, "metric": 70, "ping": 5}
    assert sum(bool(record.warning) for record in records if isinstance(record, Annotation)) == 15
    assert not report.skipped
