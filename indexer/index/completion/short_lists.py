"""Which names are completed first, and the best of them kept ready for one and two letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt

from indexer.index import format as layout
from indexer.index.arrays import Arrays

SHORT_KEYS_KEPT = 64  # best names kept ready for one and two letters, whose lists are long
# What completes the start of a name is meant more often than what completes a later word, and this
# more often than what is merely much used.
_AT_START, _WHOLE = 6.0, 8.0
_END = 2.0  # of a name that ends with it: "tab" begins tabs rather than that it ends close_tab
_WORD = 8.0  # of two letters that are a word of the name: gc is javascript.gc first, not gclid


class ShortLists:
    """The best names for each one and two letters, made at build time."""

    def __init__(self, arrays: Mapping[str, npt.NDArray[np.generic]]) -> None:
        self._keys = layout.SUGGEST_SHORT.read(arrays)
        self._places = layout.SUGGEST_SHORT_PLACES.read(arrays)

    def best(self, key: str) -> list[int]:
        """Places of what a beginning so short completes to, best first; empty where nothing does."""
        place = self._keys.find(key)
        return [] if place < 0 else [int(found) for found in self._places[place] if found >= 0]


def short_lists(arrays: Arrays, listed: Sequence[str], firsts: npt.NDArray[np.int32]) -> Arrays:
    """The best names for one and two letters; those of which these are a whole word (gc) go first."""
    keys, places = layout.SUGGEST_KEYS.read(arrays), layout.SUGGEST_PLACES.read(arrays)
    starts, worth = layout.SUGGEST_STARTS.read(arrays), layout.SUGGEST_WORTH.read(arrays)
    shorts = sorted({key[:length] for key in listed for length in (1, 2)})
    kept = np.full((len(shorts), SHORT_KEYS_KEPT), -1, np.int32)
    for row, short in enumerate(shorts):
        found = keys.prefixed(short)
        span = slice(found.start, found.stop)
        words = firsts[span] == len(short)
        best = ranked(places[span], starts[span], worth, SHORT_KEYS_KEPT, 0, words)
        kept[row, : len(best)] = best
    return {**layout.SUGGEST_SHORT.lay(shorts), **layout.SUGGEST_SHORT_PLACES.lay(kept)}


def ranked(
    places: npt.NDArray[np.generic],
    starts: npt.NDArray[np.generic],
    worth: npt.NDArray[np.generic],
    limit: int,
    whole: int,
    words: npt.NDArray[np.bool_] | None = None,
) -> list[int]:
    """The best of these places, each once; the first `whole` of them are typed out, of `words` a word is."""
    scores = np.asarray(worth, np.float32)[np.asarray(places, np.int64)]
    if words is None:
        scores += np.float32(_AT_START) * starts.astype(np.float32)
    else:  # where in a name a whole word stands says little: GC_MS, javascript.gc.slice_time
        scores += np.where(words, np.float32(_WORD), np.float32(_AT_START) * starts.astype(np.float32))
    scores[:whole] += np.where(starts[:whole].astype(np.bool_), np.float32(_WHOLE), np.float32(_END))
    wanted = min(len(scores), limit * 4)  # a name can be listed under several of its parts
    best = np.argpartition(-scores, wanted - 1)[:wanted] if wanted < len(scores) else np.arange(len(scores))
    ordered = best[np.lexsort((places[best], -scores[best]))]
    return list(dict.fromkeys(int(place) for place in places[ordered]))[:limit]
