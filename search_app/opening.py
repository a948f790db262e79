"""Opens the engine that a server answers with."""

from __future__ import annotations

from indexer.config import Config
from search_app.engine import Engine
from search_app.site import NothingIndexed
from search_app.whoosh_engine import WhooshEngine


def open_engine(config: Config) -> Engine:
    """The engine on the current generation. Raises NothingIndexed where there is none yet."""
    try:
        return WhooshEngine(config.data_dir, results_kept=config.search.result_cache)
    except (FileNotFoundError, ValueError) as problem:
        raise NothingIndexed(f"Nothing is indexed yet: {problem}.") from problem
