"""What a query computes: the measures that can be had of a thing, by the type of its values."""

from __future__ import annotations

from dataclasses import dataclass

from search_app.sql.reading import Reading
from search_app.sql.source import CLIENT_COLUMNS

PERCENTS = (5, 25, 50, 75, 95, 99)


@dataclass(frozen=True, slots=True)
class Measured:
    """One way to sum a thing up. Without selects: percentiles or histogram of a distribution."""

    name: str  # as an address says it
    words: str  # as a reader sees it
    selects: tuple[str, ...] = ()
    note: str = ""  # a sentence beside the query
    order: str = ""  # the output by which the largest is told; default: the first


def measures_of(reading: Reading) -> list[Measured]:
    """The measures that can be had, the one that says most first."""
    client = _client(reading)
    clients = f"COUNT(DISTINCT {client}) AS clients"
    shape = reading.shape
    found = _first(reading)
    if client:
        said = "Each client counts once, whatever the value." if shape.value else "Each client counts once."
        found.append(Measured("clients", "how many clients", (clients,), said))
    if reading.buckets is None and reading.counted:
        count = f"COUNT(*) AS {_counted(reading)}"
        found.append(Measured("count", f"how many {reading.counted}", (count,)))
    if shape.value and client:
        found.append(_over_zero(shape.value, shape.form == "boolean", client, clients))
    if shape.value and shape.form == "boolean":
        found.append(_share(shape.value, _counted(reading)))
    elif shape.value:
        found += _numbers(shape.value)
    total = "COUNT(*)" if reading.counted == "events" else f"SUM({shape.value})"
    if client and (reading.counted == "events" or (shape.value and shape.form == "number")):
        per = f"SAFE_DIVIDE({total}, COUNT(DISTINCT {client})) AS average_per_client"
        found.append(Measured("per_client", "average of a client", (per, clients), order="clients"))
    return found


def _first(reading: Reading) -> list[Measured]:
    if reading.buckets is None:
        summary = Measured("summary", "what says most of its type", reading.shape.selects)
        return [summary] if summary.selects else []
    return [
        Measured("percentiles", "percentiles"),
        Measured("histogram", "the whole histogram"),
        Measured("count", "how many samples", reading.shape.selects[:1]),
    ]


def _over_zero(value: str, boolean: bool, client: str, clients: str) -> Measured:
    test, name = (value, "clients_with_true") if boolean else (f"{value} > 0", "clients_over_zero")
    over = f"COUNT(DISTINCT IF({test}, {client}, NULL))"
    share = f"SAFE_DIVIDE(\n    {over},\n    COUNT(DISTINCT {client})\n  ) AS share_of_clients"
    words = "clients with true" if boolean else "clients with a value > 0"
    note = "Each client counts once; the share is of the clients that sent any value."
    return Measured("over_zero", words, (f"{over} AS {name}", clients, share), note)


def _numbers(value: str) -> list[Measured]:
    count = f"COUNT({value}) AS number_of_values"
    quantiles = [f"APPROX_QUANTILES({value}, 100)[OFFSET({each})] AS p{each}" for each in PERCENTS]
    note = "Percentiles are of values as they were sent, not of clients."
    return [
        Measured("sum", "sum", (f"SUM({value}) AS total",)),
        Measured("mean", "mean", (f"AVG({value}) AS mean", count), order="number_of_values"),
        Measured("percentiles", "percentiles", (count, *quantiles), note),
    ]


def _share(value: str, counted: str) -> Measured:
    share = f"SAFE_DIVIDE(COUNTIF({value}), COUNT(*)) AS true_share"
    selects = (share, f"COUNTIF({value}) AS true_count", f"COUNT(*) AS {counted}")
    return Measured("share", "share that is true", selects, order=counted)


def _client(reading: Reading) -> str:
    """The expression of who sent it; "" where its rows do not say."""
    source = reading.source
    column = source.first(CLIENT_COLUMNS) if source.client_ids else ""
    return source.path(column) if column else ""


def _counted(reading: Reading) -> str:
    """What its rows are called as an output."""
    return reading.source.free("row_count" if reading.counted == "rows" else reading.counted)
