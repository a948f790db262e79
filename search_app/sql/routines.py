"""The routines that our own queries call, and what for: shown on the page of each."""

from __future__ import annotations

from collections.abc import Mapping

USED_FOR: Mapping[str, str] = {
    "mozfun.hist.extract": "legacy histograms: sums and buckets out of their compact text",
    "mozfun.hist.percentiles": "percentiles of legacy histograms",
    "mozfun.glam.percentile": "percentiles of Glean distributions",
    "mozfun.map.get_key": "one extra of an event, one value of a map",
}
