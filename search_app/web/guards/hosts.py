"""By which names this server is known, and what an answer may say of its own address.

A Host header is the asker's word. It is used for addresses in answers only where the settings, or the
address that is listened at, know the name; else they name the server's own. With
`server.allowed_hosts` every other name is refused.
"""

from __future__ import annotations

import logging
from urllib.parse import urlsplit

from flask import request
from werkzeug.exceptions import BadRequest

from indexer.config import Config

LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}  # noqa: S104  what to show for "everywhere"
ASKED_BY_MACHINES = ("/healthz", "/readyz", "/metrics")  # by an address in place of a name
LONGEST_NAME = 100  # of a host, in a log line

log = logging.getLogger(__name__)


class UnknownHost(BadRequest):
    """The server was asked by a name that `server.allowed_hosts` does not have."""

    description = "This server is not known by that name. Its operator sets server.allowed_hosts."


def address(config: Config) -> str:
    """Where a browser finds the server."""
    host = config.server.host
    return config.server.public_url or f"http://{EVERYWHERE.get(host, host)}:{config.server.port}"


def known_names(config: Config) -> frozenset[str]:
    """The names, without ports, that addresses in answers may have."""
    names = {*LOOPBACK, *config.server.allowed_hosts, config.server.host}
    if config.server.public_url:
        names.add(urlsplit(config.server.public_url).hostname or "")
    return frozenset(name.lower() for name in names if name)


def is_known(config: Config, host: str) -> bool:
    """Whether addresses in answers may have this name: a Host header's, or that of an Origin."""
    return _name(host) in known_names(config)


def refuse_unknown_host(config: Config) -> None:
    """Of settings that list names: raises UnknownHost where the request has another one."""
    if request.path in ASKED_BY_MACHINES:
        return
    if _name(request.host) not in known_names(config):
        raise UnknownHost


def public_root(config: Config) -> str:
    """The address of this server as readers know it, ending in a slash."""
    if config.server.public_url or is_known(config, request.host):
        return page_root(config)
    log.warning(
        "asked as %.*r, a name that no setting knows: addresses in answers say %s. "
        "Set server.public_url or server.allowed_hosts",
        *(LONGEST_NAME, request.host, address(config)),
    )
    return page_root(config)


def page_root(config: Config) -> str:
    """The same without a word to the log: each page names its own address."""
    if config.server.public_url:
        return config.server.public_url.rstrip("/") + "/"
    if is_known(config, request.host):
        return f"{request.scheme}://{request.host}/"
    return f"{address(config)}/"


def advice(config: Config) -> str:
    """What to say at the start to somebody who listens beyond this machine and names no host; else ""."""
    if config.server.public_url or config.server.allowed_hosts or config.server.host in LOOPBACK:
        return ""
    return (
        f"Listening at {config.server.host}, beyond this machine, and any Host header is answered: set "
        "server.public_url to the address that readers use, and server.allowed_hosts to the names "
        "to answer for."
    )


def _name(host: str) -> str:
    """A Host header's name, without the port."""
    if host.startswith("["):
        return host.partition("]")[0].lower() + "]"
    return host.partition(":")[0].lower()
