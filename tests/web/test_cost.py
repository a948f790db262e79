"""What a request costs: no route takes a worker's processor for long, whatever is sent, on the real data.

Measured is the processor time of the thread that makes the whole answer, to its last byte (time.thread_time
around Flask's test client), with no answer kept from before. What is above the bound is asked twice more,
with all that was kept thrown away, and the least counts: others work on the same machine, and only its own
work is meant. Who takes a place of those that are bounded (`server.heavy_at_once`) says that it is heavy.
"""

from __future__ import annotations

import functools
import gc
import json
import os
import random
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from indexer.config import load_config
from indexer.index.generation import open_current
from search_app.engine.engine import SearchEngine
from search_app.web.app import create_app
from search_app.web.guards.heavy import Gate
from search_app.web.rehearsal import WARMED
from tests.support.costly import Ask, World, every_ask, few_of_each

pytestmark = [pytest.mark.mirror]

MOST_MS = 250.0
FEW_KEPT = 32  # caches of fewer entries hold tables that are read once in the life of a worker
OF_EACH_ROUTE = 2  # requests that CI asks


class Measured:
    """The application over the real data, which keeps no answer; what its requests cost."""

    def __init__(self, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        config = load_config(None).model_copy(update={"data_dir": data})
        self.client: FlaskClient = create_app(config, SearchEngine(data, results_kept=0)).test_client()
        self.took_place = False
        enter = Gate.enter

        def noted(gate: Gate) -> Callable[[], None] | None:
            self.took_place = True
            return enter(gate)

        monkeypatch.setattr(Gate, "enter", noted)
        for address in WARMED:  # as a server does before it forks
            self.client.get(address)

    def cost(self, ask: Ask) -> tuple[float, int, bool]:
        """Milliseconds of processor time of an answer, its status, and whether it says that it is heavy."""
        self.took_place = False
        began = time.thread_time()
        if ask.body:
            answer = self.client.post(ask.address, data=ask.body, content_type="application/json")
        else:
            answer = self.client.get(ask.address)
        with answer as response:
            _ = response.data
        return 1000 * (time.thread_time() - began), response.status_code, self.took_place

    def least_cost(self, ask: Ask) -> tuple[float, int, bool]:
        """The same, of up to three times, as if it came first each time."""
        spent, status, heavy = self.cost(ask)
        for _ in range(2):
            if spent > MOST_MS and not heavy:
                forget()
                spent = min(spent, self.cost(ask)[0])
        return spent, status, heavy


def forget() -> None:
    """Throw away what was kept for requests alike."""
    for each in gc.get_objects():
        if isinstance(each, functools._lru_cache_wrapper):
            most = each.cache_parameters()["maxsize"]
            if str(each.__module__).startswith(("search_app", "indexer")) and (most or 0) > FEW_KEPT:
                each.cache_clear()


@pytest.fixture
def measured(mirror_data: Path, monkeypatch: pytest.MonkeyPatch) -> Measured:
    return Measured(mirror_data, monkeypatch)


@pytest.fixture
def world(mirror_data: Path) -> World:
    """The things that are asked for; STARCHART_COST_SEED chooses the same ones again."""
    generation = open_current(mirror_data)
    assert generation is not None
    seed = int(os.environ.get("STARCHART_COST_SEED") or random.SystemRandom().randrange(2**32))
    print(f"STARCHART_COST_SEED={seed}")
    return World(generation.store_path, seed)


def dear(measured: Measured, asks: Iterable[Ask]) -> dict[str, list[tuple[float, str]]]:
    """Those of the requests that cost too much and do not say so, by route; prints the dearest of each.

    Fails where an answer is an error of ours, or where a route is not asked at all.
    """
    spent_on: dict[str, list[tuple[float, str, bool]]] = defaultdict(list)
    for ask in asks:
        spent, status, heavy = measured.least_cost(ask)
        assert status < 500, ask
        spent_on[ask.rule].append((spent, f"{ask.address} {ask.body}"[:300], heavy))
    for rule, found in sorted(spent_on.items(), key=lambda each: -max(each[1])[0]):
        spent, address, heavy = max(found)
        word = "heavy" if heavy else ""
        print(f"{spent:7.1f} ms, dearest of {len(found):4} {word:5} {rule}  {address[:110]}")
    rules = {str(rule) for rule in measured.client.application.url_map.iter_rules()}
    assert rules - set(spent_on) == set(), "routes that are never asked"
    return {
        rule: over
        for rule, found in spent_on.items()
        if (over := [(spent, told) for spent, told, heavy in found if spent > MOST_MS and not heavy])
    }


@pytest.mark.slow
def test_no_route_costs_more_than_is_allowed_but_where_it_says_so(measured: Measured, world: World) -> None:
    over = dear(measured, few_of_each(every_ask(world), OF_EACH_ROUTE))
    assert not over, json.dumps(over, indent=1)


@pytest.mark.full
def test_nothing_that_can_be_sent_costs_more_than_is_allowed_but_where_it_says_so(
    measured: Measured, world: World
) -> None:
    over = dear(measured, every_ask(world))
    assert not over, json.dumps(over, indent=1)
