"""By hand (make soak): a million fuzzed queries through the parser, and requests made of our own OpenAPI."""

from __future__ import annotations

import os
import random
import time
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable

from search_app.query.grammar import LANGUAGE
from search_app.query.model import QueryProblem
from search_app.query.parser import parse_query

pytestmark = pytest.mark.soak

QUERIES = int(os.environ.get("STARCHART_SOAK_QUERIES", "1000000"))
CASES = int(os.environ.get("STARCHART_SOAK_CASES", "20000"))
PLAIN = {"Accept-Encoding": "identity"}  # the library does not unpack what it is given in process
LONGEST_MS = 250.0  # of processor time, for one query

PREFIXES = tuple(f"{form.name}:" for form in LANGUAGE if form.name)
PIECES = (
    *PREFIXES,
    *("OR", "-", '"', "*", "..", "(", ")", "!", "`", "'", "\\", "%", "#", "/", "::", ".", ",", ";"),
    *("\n", "\t", "\0", "%00", "{{7*7}}", "SELECT * FROM", "https://", "metric/fenix/"),
    *("gc", "clients_daily", "fenix", "a", "b*", "2024-01-01", "140", "30d", "99999999999999999999", "never"),
    *("\xe9", "\u8a9e", "\U0001f52d", "\u202e", "\ud800", "\ufb00", "\u0130"),
)


def fuzzed(chance: random.Random) -> str:
    """A text of pieces that mean something to the parser, or of any characters, glued or spaced."""
    if chance.random() < 0.2:
        return "".join(chr(chance.randrange(1, 0x2FFFF)) for _ in range(chance.randrange(0, 60)))
    glue = chance.choice((" ", "", " ", ":"))
    return glue.join(chance.choice(PIECES) for _ in range(chance.randrange(0, 25)))


def test_a_million_fuzzed_queries_are_read_or_refused_in_words(capsys: pytest.CaptureFixture[str]) -> None:
    seed = random.SystemRandom().randrange(2**32)
    chance, longest, refused, worst = random.Random(seed), 0.0, 0, ""
    for _ in range(QUERIES):
        text = fuzzed(chance)
        began = time.process_time()
        try:
            parse_query(text, {})
        except QueryProblem:
            refused += 1
        except Exception as error:
            pytest.fail(f"seed {seed}: {text!r} raises {error!r}")
        if (spent := time.process_time() - began) > longest:
            longest, worst = spent, text
    with capsys.disabled():
        told = f"the longest {1000 * longest:.1f} ms (seed {seed}): {worst!r:.80}"
        print(f"\n{QUERIES} queries, {refused} refused, {told}")
    assert 1000 * longest <= LONGEST_MS


def test_requests_made_of_the_description_of_the_interface_find_no_failure(
    mirror_client: FlaskClient, capsys: pytest.CaptureFixture[str]
) -> None:
    """Schemathesis makes requests of /api/openapi.json: good ones, whose answers must be as described, and
    bad ones, which must be no error of ours.
    """
    schemathesis = pytest.importorskip("schemathesis")
    from schemathesis import GenerationMode
    from schemathesis.specs.openapi.checks import positive_data_acceptance  # a 400 is described, and is right

    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", mirror_client.application)
    operations = [found.ok() for found in schema.get_all_operations()]
    each = -(-CASES // (2 * len(operations)))
    cases = 0

    def good(case: Any) -> None:
        nonlocal cases
        cases += 1
        case.call_and_validate(headers=PLAIN, excluded_checks=[positive_data_acceptance])

    def bad(case: Any) -> None:
        nonlocal cases
        cases += 1
        assert case.call(headers=PLAIN).status_code < 500, case.as_curl_command()

    chosen = settings(
        max_examples=each, deadline=None, database=None, derandomize=False, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    for operation in operations:
        for mode, check in ((GenerationMode.POSITIVE, good), (GenerationMode.NEGATIVE, bad)):
            try:
                chosen(given(case=operation.as_strategy(generation_mode=mode))(check))()
            except Unsatisfiable:  # nothing can be wrong about a request without parameters
                continue
        with capsys.disabled():  # what a run that is ended early has done
            print(f"{cases} requests up to {operation.label}", flush=True)
    with capsys.disabled():
        print(f"\n{cases} requests to {len(operations)} operations, no failure")
