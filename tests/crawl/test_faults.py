"""What goes wrong on the way: hosts that fail or break off, kills in the middle of a build.

The mirror's own server answers over HTTP, for a copy of the sample with real archives: what
is shown with 25 probes holds for 4,569. The kills are also tried on the real data.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from indexer.build_job import build
from indexer.config import Config
from indexer.crawl.crawl import crawl, sample_path
from indexer.crawl.snapshots import SnapshotState, SnapshotStore
from indexer.index.generation import current_name, list_generations
from indexer.index.integrity import damaged_files
from search_app.web.app import create_app
from tests.support.mirrors import copy_sample, pack_archives, served_mirror, settings
from tests.support.servers import served

HOSTS = {
    "probeinfo.telemetry.mozilla.org": {"glean", "legacy_probes"},
    "github.com": {"bigquery_etl", "ping_schemas", "data_docs", "metric_hub", "looker_dashboards"},
    "mozilla.github.io": {"annotations"},
    "raw.githubusercontent.com": {"looker"},
    "product-details.mozilla.org": {"product_details"},
    "experimenter.services.mozilla.com": {"experimenter"},
}
ABSENT = "experimenter.services.mozilla.com"  # the server has no file of it that it could break off
KILLS = 10


def states(config: Config) -> dict[str, SnapshotState]:
    return SnapshotStore(config.data_dir).states()


@pytest.fixture
def upstream(tmp_path: Path) -> Path:
    return pack_archives(copy_sample(tmp_path / "upstream"))


@pytest.mark.mirror
def test_over_http_the_same_records_come_in_and_then_only_what_changed(
    mirror: Path, upstream: Path, tmp_path: Path
) -> None:
    by_folder = settings(tmp_path / "folder", sample_path())
    crawl(by_folder)
    with served_mirror(mirror / "serve.py", upstream) as serving:
        config = settings(tmp_path / "data", serving.base)
        crawl(config)
        digests = {name: state.digest for name, state in states(config).items()}
        assert digests == {name: state.digest for name, state in states(by_folder).items()}
        first = serving.statuses()
        assert set(first) == {"200", "404"}
        again = {each.source: each.outcome for each in crawl(config)}
        assert {name for name, outcome in again.items() if outcome != "unchanged"} == {"tools"}
        second = serving.statuses()[len(first) :]
        assert (second.count("304"), second.count("404")) == (first.count("200"), first.count("404"))
        assert len(second) == len(first)


@pytest.mark.mirror
@pytest.mark.parametrize(
    ("fault", "host"),
    [("--fail", host) for host in HOSTS] + [("--truncate", host) for host in HOSTS if host != ABSENT],
)
def test_a_host_that_fails_or_breaks_off_costs_only_its_own_sources_their_freshness(
    fault: str, host: str, mirror: Path, upstream: Path, tmp_path: Path
) -> None:
    program, data = mirror / "serve.py", tmp_path / "data"
    with served_mirror(program, upstream) as serving:
        config = settings(data, serving.base)
        crawl(config)
        build(config)
        before, generation = states(config), current_name(data)
    shutil.rmtree(data / "cache")  # nothing is answered by "not modified"
    with served_mirror(program, upstream, fault, host) as serving:
        config = settings(data, serving.base)
        outcomes = {each.source: each.outcome for each in crawl(config)}
    hit = HOSTS[host]
    assert {name for name, outcome in outcomes.items() if outcome == "kept"} == hit
    after = states(config)
    for name in after:
        assert after[name].digest == before[name].digest
        assert not after[name].from_sample
        assert bool(after[name].error) == (name in hit)
        assert (after[name].last_success == before[name].last_success) or name not in hit
    assert not build(config).is_new
    assert current_name(data) == generation
    client = create_app(config).test_client()
    words = {source["name"]: source["status"] for source in client.get("/api/v1/status").json["sources"]}
    assert {name for name, word in words.items() if word == "stale"} == hit
    assert client.get("/status").text.count("failed, last good data kept") == len(hit)


def killed_builds(data: Path, moments: list[float]) -> str:
    """Start a build for each moment and kill it there with all its processes; the generation that answers."""
    before = current_name(data)
    with served(data) as base:
        asked = f"{base}/api/v1/search?q=clients_daily&size=5"
        expected = requests.get(asked, timeout=30).json()
        for moment in moments:
            building = subprocess.Popen(
                [sys.executable, "-m", "search_app.cli", "--quiet", "build", "--force"],
                env={**os.environ, "STARCHART_DATA_DIR": str(data)},
                start_new_session=True,
            )
            time.sleep(moment)
            if building.poll() is None:
                os.killpg(building.pid, signal.SIGKILL)
            building.wait()
            now = current_name(data)
            answer = requests.get(asked, timeout=30).json()
            assert answer["hits"] == expected["hits"]
            assert requests.get(f"{base}/readyz", timeout=30).ok
            if now == before:
                assert answer["generation"] == expected["generation"]
            assert damaged_files(data / "generations" / now) == ()
    return current_name(data)


def finish_a_build(data: Path) -> None:
    """One more build succeeds, answers, and sweeps up what the killed ones left."""
    subprocess.run(
        [sys.executable, "-m", "search_app.cli", "--quiet", "build", "--force"],
        env={**os.environ, "STARCHART_DATA_DIR": str(data)}, check=True, timeout=600,
    )  # fmt: skip
    newest = list_generations(data)[0].id
    assert current_name(data) == newest
    assert damaged_files(data / "generations" / newest) == ()
    assert [path.name for path in (data / "generations").iterdir() if path.name.startswith(".")] == []
    with served(data) as base:
        answer = requests.get(f"{base}/api/v1/search?q=clients_daily", timeout=30).json()
        assert answer["hits"][0]["name"] == "telemetry.clients_daily"
        assert answer["generation"]["id"] == newest


@pytest.mark.slow
def test_a_build_killed_at_any_moment_leaves_an_index_that_answers(sample_data: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(sample_data, data)
    chance = random.Random(20260601)
    killed_builds(data, [chance.uniform(0.3, 2.0) for _ in range(KILLS)])
    finish_a_build(data)


@pytest.mark.slow
@pytest.mark.mirror
def test_a_build_of_the_real_data_killed_at_any_moment_leaves_an_index_that_answers(
    mirror_data: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    newest = current_name(mirror_data)
    shutil.copytree(mirror_data / "snapshots", data / "snapshots")
    shutil.copytree(mirror_data / "generations" / newest, data / "generations" / newest)
    shutil.copy(mirror_data / "current", data / "current")
    chance = random.Random(20260602)
    killed_builds(data, [chance.uniform(0.5, 9.0) for _ in range(KILLS)])
    finish_a_build(data)
