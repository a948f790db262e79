"""One build of what was crawled: from snapshots to the generation that answers; and the way back.

It runs in a process of its own, so that its memory is given back and a stop need not wait for it
(indexer/scheduler.py starts it). Nothing here runs inside a process that answers requests.
"""

from __future__ import annotations

import contextlib
import gc
import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Executor
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from indexer.catalogue import build_catalogue
from indexer.catalogue.model import SharedColumns
from indexer.config import Config
from indexer.crawl.crawl import SAMPLE_DAY, choose_sources
from indexer.crawl.snapshots import (
    SnapshotDamaged,
    SnapshotState,
    SnapshotStore,
)
from indexer.index.build import Ask, Inputs, build_generation
from indexer.index.generation import (
    FOLDER,
    FORMAT_VERSION,
    GenerationRefused,
    Manifest,
    current_manifest,
    current_name,
    list_generations,
    read_manifest,
    roll_back,
)
from indexer.index.integrity import Damage, check_rest, damaged_files, damaged_generations
from indexer.index.remake import differences
from indexer.model.records import FirefoxVersion, Record
from indexer.runtime.disk import replace_file
from indexer.runtime.locking import WORK, exclusive
from indexer.runtime.outcomes import noted
from indexer.runtime.processes import Here, without_collection, workers
from indexer.runtime.progress import Progress
from indexer.sqlread.kept.readings import Readings
from indexer.sqlread.kept.tables import FILE as TABLES
from indexer.sqlread.kept.tables import KeptTables
from indexer.store.writer import SchemaPacking, pack_schemas

GONE_BACK = "gone-back-from"  # holds the name of the generation that somebody went back from
WORTH_A_PROCESS = 5_000  # records from which a second process saves more than the second it takes to start
BUILD_STEPS = 9  # reading, joining, and the seven steps that build_generation tells of

Trial = Callable[[], AbstractContextManager[Ask]]  # begins beside a build, and gives what asks its generation

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Built:
    """How a build ended: the generation's name, and whether it is new."""

    generation: str
    is_new: bool
    seconds: float


def build(
    config: Config,
    progress: Progress | None = None,
    *,
    force: bool = False,
    accept_loss: bool = False,
    trial: Trial | None = None,
) -> Built:
    """Build a generation from the snapshots and switch to it, unless it would not differ.

    `trial` begins with the build. What it gives is handed the folder of the new generation before the
    switch, and may refuse it.

    Raises GenerationRefused where its checks fail, SnapshotDamaged, and locking.Busy where
    another crawl or build runs.
    """
    started = time.monotonic()
    progress = progress or Progress(config.data_dir)
    with exclusive(config.data_dir, WORK), noted(config.data_dir, "build", (GenerationRefused,)):
        store = SnapshotStore(config.data_dir)
        states = _usable(config, store.states())
        inputs = _inputs(config, states)
        same = None if force else _same_generation(config.data_dir, inputs)
        if same is not None:
            return Built(same.id, False, time.monotonic() - started)
        progress.start("build", BUILD_STEPS)
        try:
            with without_collection(), _beside(config, states) as pool, (trial or _no_trial)() as ask:
                max_loss = 1.0 if accept_loss else config.guard.max_loss
                path = _build(config, store, inputs, progress, pool, max_loss, ask)
        finally:
            progress.finish()
    (config.data_dir / GONE_BACK).unlink(missing_ok=True)
    built = Built(path.name, True, time.monotonic() - started)
    log.info("build generation=%s seconds=%.1f", built.generation, built.seconds)
    return built


def _build(
    config: Config,
    store: SnapshotStore,
    inputs: Inputs,
    progress: Progress,
    pool: Executor,
    max_loss: float,
    ask: Ask,
) -> Path:
    progress.step("reading snapshots")
    records: list[Record] = []
    for source in inputs.digests:
        records.extend(_read(store, source))
    newest = newest_release(records, inputs.today)
    inputs = replace(inputs, versions=_versions(records), newest_release=newest)
    progress.step("joining")
    readings = Readings(config.data_dir / "sql", config.crawl.processes or os.cpu_count() or 1)
    kept = KeptTables(config.data_dir / "sql" / TABLES)
    packing: list[SchemaPacking] = []

    def pack(schemas: SharedColumns) -> None:
        packing.append(pack_schemas(schemas, pool))

    catalogue = build_catalogue(records, inputs.today, readings.read, kept.tell, pack)
    del records
    return build_generation(
        catalogue,
        config.data_dir,
        inputs,
        keep=config.generations.keep,
        guard=max_loss,
        workers=pool,
        progress=progress.step,
        ask=ask,
        schemas=packing.pop(),
    )


@contextlib.contextmanager
def _no_trial() -> Iterator[Ask]:
    yield lambda folder: None


@contextlib.contextmanager
def _beside(config: Config, states: Mapping[str, SnapshotState]) -> Iterator[Executor]:
    """To whom a build hands a part of its work: a second process, where there are a core and enough to do."""
    cores = config.crawl.processes or os.cpu_count() or 1
    if cores < 2 or sum(sum(state.counts.values()) for state in states.values()) < WORTH_A_PROCESS:
        yield Here()
        return
    with workers(1) as pool:
        pool.submit(gc.disable)  # what it makes has no cycles; and so it starts while the snapshots are read
        yield pool


def _read(store: SnapshotStore, source: str) -> list[Record]:
    """A source's records; where they are damaged, the next crawl is made to parse it again."""
    try:
        return store.read(source)
    except SnapshotDamaged:
        state = store.state(source)
        if state is not None:
            store.write_state(replace(state, input_digest=""))
        raise


def _usable(config: Config, states: Mapping[str, SnapshotState]) -> dict[str, SnapshotState]:
    """The snapshots that count: of sources that exist and are enabled."""
    names = choose_sources(config, ())
    return {name: state for name, state in sorted(states.items()) if name in names and state.digest}


def _inputs(config: Config, states: Mapping[str, SnapshotState]) -> Inputs:
    sample = is_sample(states.values())
    return Inputs(
        digests={name: state.digest for name, state in states.items()},
        today=SAMPLE_DAY if sample and config.now is None else config.today(),
        sample=sample,
    )


def is_sample(states: Iterable[SnapshotState]) -> bool:
    """Whether nothing that upstream has is in it: all records are the sample's, or need no fetching."""
    states = list(states)
    real = any(state.files and state.counts and not state.from_sample for state in states)
    return not real and any(state.from_sample for state in states)


def _versions(records: Iterable[Record]) -> dict[str, str]:
    """The newest Firefox version of each channel, by which expiry was judged."""
    return {
        record.channel: record.version or str(record.major)
        for record in records
        if isinstance(record, FirefoxVersion) and record.channel
    }


def newest_release(records: Iterable[Record], today: date) -> str:
    """The day of the newest Firefox release that is known, of whatever channel; "" where none is."""
    days = (record.released for record in records if isinstance(record, FirefoxVersion))
    return max((day for day in days if day <= today.isoformat()), default="")


def _same_generation(data_dir: Path, inputs: Inputs) -> Manifest | None:
    """The generation that another build would repeat: the current one, or one gone back from."""
    current = current_manifest(data_dir)
    if current is None or current.format_version != FORMAT_VERSION:
        return None
    left = _gone_back_from(data_dir)
    candidates = [current, *(manifest for manifest in list_generations(data_dir) if manifest.id == left)]
    same = next((manifest for manifest in candidates if not _differs(manifest, inputs)), None)
    if same is not None and (files := damaged_files(data_dir / FOLDER / same.id)):
        log.warning("generation=%s is damaged: %s", same.id, ", ".join(files[:3]))
        return None
    return same


def go_back(config: Config) -> str:
    """Switch to the generation before the current one, and let it answer until something new comes.

    Returns its name. Raises LookupError where there is none.
    """
    left = _gone_back_from(config.data_dir) or current_name(config.data_dir)
    damaged = {damage.generation for damage in damaged_generations(config.data_dir)}
    name = roll_back(config.data_dir, damaged)
    replace_file(config.data_dir / GONE_BACK, left.encode())
    return name


def verify_generation(data_dir: Path, name: str, deep: bool = False) -> Damage:
    """What of a generation is damaged; `deep`: also what its index and catalogue do not make as it stands."""
    folder = data_dir / FOLDER / name
    check_rest(folder)
    files = damaged_files(folder)
    if deep and not files and read_manifest(folder).format_version == FORMAT_VERSION:
        files = tuple(differences(folder))
    return Damage(name, files)


def _gone_back_from(data_dir: Path) -> str:
    try:
        return (data_dir / GONE_BACK).read_text()
    except FileNotFoundError:
        return ""


def _differs(current: Manifest, inputs: Inputs) -> bool:
    """Whether another build would give something else: other records, or a day that changes a status."""
    if current.inputs != dict(inputs.digests) or current.sample != inputs.sample:
        return True
    today = inputs.today.isoformat()
    return today < current.today or bool(current.next_change and today >= current.next_change)
