"""Against which versions of Firefox expiry was judged, and whether these are too old to be trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from indexer.index.generation import FOLDER, UNREADABLE, read_manifest
from indexer.model.liveness import FIREFOX_CHANNELS
from indexer.status import release_is_old
from search_app.web.labels import human_date
from search_app.web.state import Site


@dataclass(frozen=True, slots=True)
class Judged:
    """By which versions the statuses of the generation that answers were decided."""

    versions: Mapping[str, str] = field(default_factory=dict)  # channel -> version
    newest_release: str = ""  # its ISO date
    old: bool = False

    @property
    def text(self) -> str:
        """`Nightly 150, Beta 149, Release 148`; empty where no version is known."""
        known = ((channel, self.versions.get(channel, "")) for channel in FIREFOX_CHANNELS)
        return ", ".join(
            f"{channel.capitalize()} {version.partition('.')[0]}" for channel, version in known if version
        )

    @property
    def warning(self) -> str:
        """Why not to trust it; empty where there is no reason."""
        if not self.old:
            return ""
        return f"the newest release known here is of {human_date(self.newest_release)}: it may be over by now"


def judged(site: Site) -> Judged:
    """What the generation that answers was judged by; empty where its manifest does not say."""

    def read() -> tuple[Mapping[str, str], str]:
        folder = site.config.data_dir / FOLDER / site.engine.generation.id
        try:
            manifest = read_manifest(folder)
        except UNREADABLE:
            return {}, ""
        return manifest.versions, manifest.newest_release

    versions, newest = site.remembered(("judged",), read)
    return Judged(versions, newest, release_is_old(newest, site.today))
