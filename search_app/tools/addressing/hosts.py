"""The hosts that our tools' addresses lead to: where a redirect of ours may go, and nowhere else."""

from __future__ import annotations

from urllib.parse import urlsplit

HOSTS = frozenset(
    {
        "bugzil.la",
        "bugzilla.mozilla.org",
        "console.cloud.google.com",
        "debug-ping-preview.firebaseapp.com",
        "dictionary.telemetry.mozilla.org",
        "docs.telemetry.mozilla.org",
        "experimenter.services.mozilla.com",
        "firefox-source-docs.mozilla.org",
        "github.com",
        "glam.telemetry.mozilla.org",
        "mozilla-schema-dictionary.netlify.app",
        "mozilla.acryl.io",
        "mozilla.cloud.looker.com",
        "mozilla.github.io",
        "probes.telemetry.mozilla.org",
        "public-data.telemetry.mozilla.org",
        "searchfox.org",
        "sql.telemetry.mozilla.org",
        "telemetry.mozilla.org",
        "whattrainisitnow.com",
        "workflow.telemetry.mozilla.org",
    }
)


def is_at_a_tool(address: str) -> bool:
    """Whether an address leads to a host of our tools, and has nothing in it that a header cannot hold."""
    if not (address.isascii() and address.isprintable()) or "\\" in address:
        return False
    try:
        parts = urlsplit(address)
        return parts.scheme in ("http", "https") and parts.netloc.lower() in HOSTS
    except ValueError:
        return False
