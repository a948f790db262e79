"""`starchart check-sources` before a server that plays every live source, as it is and in other shapes.

The live services were never met by a test. What the check would say of them is shown here on the
sample, which has their true formats, over HTTP and with real archives: as it stands, with fields renamed
as a release of theirs might, with fields added, and where something else answers in their place.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from indexer.source_check import SourceShape, check_sources
from tests.support.mirrors import copy_sample, pack_archives, settings

PROBEINFO = "probeinfo.telemetry.mozilla.org"
EXPERIMENTS = "experimenter.services.mozilla.com/api/v6/experiments/index.json"
GITHUB = "github.com/mozilla"
EXPERIMENT = {
    "slug": "trial",
    "appName": "fenix",
    "startDate": "2026-01-01",
    "endDate": None,
    "channel": "release",
    "bucketConfig": {"count": 1000, "total": 10000},
    "branches": [
        {
            "slug": "control",
            "features": [
                {
                    "featureId": "glean",
                    "value": {"gleanMetricConfiguration": {"metrics_enabled": {"tabs.opened": False}}},
                }
            ],
        }
    ],
}
# source -> where its files lie, what of them is written otherwise, and how
RENAMED: Mapping[str, tuple[str, str, str]] = {
    "glean": (f"{PROBEINFO}/v2/glean/app-listings", '"app_name"', '"application"'),
    "legacy_probes": (f"{PROBEINFO}/firefox/all/main/all_probes", '"history"', '"past"'),
    "annotations": ("mozilla.github.io/glean-annotations/api.json", '"metrics"', '"measurements"'),
    "product_details": ("product-details.mozilla.org/1.0/firefox_versions.json", "FIREFOX_", "BROWSER_"),
    "experimenter": (EXPERIMENTS, '"slug"', '"key"'),
    "bigquery_etl": (f"{GITHUB}/bigquery-etl/**/schema.yaml", "fields:", "columns:"),
    "ping_schemas": ("github.com/mozilla-services/**/*.bq", '"name"', '"field"'),
    "data_docs": (f"{GITHUB}/data-docs/**/*.md", "#", "="),
    "metric_hub": (f"{GITHUB}/metric-hub/**/*.toml", "[metrics.", "[measures."),
    "looker": ("raw.githubusercontent.com/**/namespaces.yaml", "explores:", "models:"),
    "looker_dashboards": (f"{GITHUB}/looker*/**/*.lookml", "dashboard:", "board:"),
}


# source -> what the check finds first
CHANGED: Mapping[str, str] = {
    "glean": "app-listings holds nothing that is known: .* app_name",
    "legacy_probes": "all_probes holds nothing that is known: 25 probe without a readable definition",
    "annotations": "no Annotation of the kind metric came",
    "product_details": "firefox_versions.json names no version of Firefox",
    "experimenter": "experiment without slug or appName, 1 times",
    "bigquery_etl": "no TableSchema came",
    "ping_schemas": "holds nothing that is known: 182 column without a name",
    "data_docs": "no DocSection says",
    "metric_hub": "no Measure of the kind metric came",
    "looker": "namespaces.yaml holds nothing that is known",
    "looker_dashboards": "2 dashboard without a name",
}


class Handler(SimpleHTTPRequestHandler):
    """A folder laid out by URL; a path that ends in a slash is its index.json."""

    def translate_path(self, path: str) -> str:
        found = super().translate_path(path.partition("?")[0])
        return f"{found}/index.json" if Path(found).is_dir() else found

    def log_message(self, format: str, *args: object) -> None:
        pass


class InItsPlace(Handler):
    """What answers for every address in the place of what is asked for."""

    answer: tuple[int, str] = (200, "<!doctype html><title>Sign in to the network</title>")

    def do_GET(self) -> None:
        status, text = self.answer
        self.send_response(status)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text.encode())


class Failing(InItsPlace):
    answer = (503, "try again later")


@contextmanager
def serving(handler: Callable[..., SimpleHTTPRequestHandler]) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def shapes(
    folder: Path, handler: Callable[..., SimpleHTTPRequestHandler], names: Sequence[str] = ()
) -> dict[str, SourceShape]:
    with serving(handler) as address:
        found = check_sources(settings(folder / "data", ""), names, address)
    return {shape.source: shape for shape in found}


def published(folder: Path) -> Path:
    """The sample, with a running experiment: the sample has none."""
    upstream = copy_sample(folder / "upstream")
    (upstream / EXPERIMENTS).write_text(json.dumps([EXPERIMENT]))
    return upstream


def rewritten(folder: Path, pattern: str, old: str, new: str) -> None:
    files = [path for path in folder.glob(pattern) if path.is_file()]
    texts = {path: path.read_text() for path in files}
    assert any(old in text for text in texts.values()), (pattern, old)
    for path, text in texts.items():
        path.write_text(text.replace(old, new))


@pytest.fixture(scope="module")
def true(tmp_path_factory: pytest.TempPathFactory) -> dict[str, SourceShape]:
    folder = tmp_path_factory.mktemp("true")
    pack_archives(published(folder))
    return shapes(folder, partial(Handler, directory=str(folder / "upstream")))


@pytest.fixture(scope="module")
def renamed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, SourceShape]:
    folder = tmp_path_factory.mktemp("renamed")
    upstream = published(folder)
    for change in RENAMED.values():
        rewritten(upstream, *change)
    pack_archives(upstream)
    return shapes(folder, partial(Handler, directory=str(upstream)))


def test_every_source_that_is_published_as_ever_is_as_read(true: dict[str, SourceShape]) -> None:
    assert set(true) == {*RENAMED, "tools"}
    assert {(shape.verdict, shape.findings) for shape in true.values()} == {("as read", ())}
    assert min(shape.records for shape in true.values()) > 0


@pytest.mark.parametrize("source", RENAMED)
def test_a_source_whose_fields_are_called_otherwise_has_changed_and_says_what(
    source: str, renamed: dict[str, SourceShape]
) -> None:
    shape = renamed[source]
    assert (shape.verdict, shape.is_good) == ("changed", False)
    assert re.search(CHANGED[source], shape.findings[0]), shape.findings


def test_a_new_field_is_no_change(tmp_path: Path) -> None:
    upstream = published(tmp_path)
    rewritten(upstream, f"{PROBEINFO}/glean/fenix/metrics", '"type":', '"colour": "red", "type":')
    pack_archives(upstream)
    shape = shapes(tmp_path, partial(Handler, directory=str(upstream)), ["glean"])["glean"]
    assert (shape.verdict, shape.is_good) == ("new fields", True)
    assert "colour" in shape.findings[0]


def test_a_page_in_the_place_of_every_file_is_a_change_and_a_failing_server_is_not_reached(
    tmp_path: Path,
) -> None:
    pages = shapes(tmp_path, InItsPlace)
    assert {shape.verdict for name, shape in pages.items() if name != "tools"} == {"changed"}
    assert all(
        re.search(r"not readable|not a gzip|broken archive", x.findings[0], re.I)
        for x in pages.values()
        if x.findings
    )
    failing = shapes(tmp_path, Failing)
    assert {shape.verdict for name, shape in failing.items() if name != "tools"} == {"not reached"}
    assert all("503" in shape.findings[0] for name, shape in failing.items() if name != "tools")
    assert pages["tools"].verdict == failing["tools"].verdict == "as read"
