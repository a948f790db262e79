"""Which apps belong together by what they are called: one product on several platforms, or in parts.

Nothing published says it, so names must: apps are siblings whose names or titles are the same but for
words of a platform or a part, or where the one begins with the whole of the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

# words for where a product runs and for the part of it that an app is; what is left names the product
OF_PLATFORMS = frozenset(["for", "desktop", "android", "ios", "app"])
OF_PARTS = frozenset(
    ["web", "frontend", "backend", "cirrus", "sidecar", "service"]
)  # Cirrus: Nimbus on a server
_WORD = re.compile(r"[^\W\d_]+")


def siblings(apps: Iterable[tuple[str, str]]) -> dict[str, tuple[str, ...]]:
    """`apps`: names with titles. Name -> names of its siblings, in order; without those that have none."""
    titles = dict(sorted(apps))
    groups = {name: {name} for name in titles}
    for one, other in _pairs(titles):
        joined = groups[one] | groups[other]
        groups |= dict.fromkeys(joined, joined)
    return {name: tuple(sorted(group - {name})) for name, group in groups.items() if len(group) > 1}


def _pairs(titles: dict[str, str]) -> Iterator[tuple[str, str]]:
    """Two apps that belong together, each pair once or more."""
    first: dict[tuple[str, ...], str] = {}
    for name, title in titles.items():
        for product in {_product(name), _product(title)} - {()}:
            yield name, first.setdefault(product, name)
        for other, other_title in titles.items():
            if name.startswith(f"{other}_") or title.startswith(f"{other_title} "):
                yield name, other


def _product(name: str) -> tuple[str, ...]:
    words = (word.lower() for word in _WORD.findall(name))
    return tuple(word for word in words if word not in OF_PLATFORMS | OF_PARTS)
