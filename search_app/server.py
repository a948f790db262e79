"""The server's processes: gunicorn's workers, forked from one app that is ready to answer.

Query time is processor time, so one process for each core answers; a worker maps the
generation's files, which the kernel shares between them. How a worker waits for slow
connections without standing still stands in worker.py.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import shutil
import sys
from collections.abc import Sequence
from functools import partial
from typing import Any

import gunicorn.app.base
import gunicorn.glogging
from flask import Flask

from indexer.config import Config
from search_app.repair import start_build_once
from search_app.web.app import create_app
from search_app.web.guards.access import RequestId
from search_app.web.guards.hosts import address, advice
from search_app.web.operation.measurements import count_together
from search_app.web.rehearsal import rehearse
from search_app.web.state import EXTENSION, Site
from search_app.worker import CONNECTIONS, worker_class

log = logging.getLogger(__name__)

_M_ARENA_MAX = -8  # as glibc numbers it
LONGEST_REQUEST_LINE = 8_190  # gunicorn's own most; create_app refuses a little less, in our shape


class Server(gunicorn.app.base.BaseApplication):  # type: ignore[misc]
    """gunicorn, set up from the settings instead of from its own command line."""

    def __init__(
        self, config: Config, options: Sequence[str] = (), *, alone: bool = True, on_call: bool = False
    ) -> None:
        """`options`: those of our own command, for a build that is started where data is damaged.

        Not `alone`: a scheduler starts beside this server, which builds at once by itself. `on_call`: what
        needs no generation is loaded, and none is opened before standard input ends.
        """
        self._config = config
        self._alone = alone
        self._on_call = on_call
        self._options = options
        self._master = os.getpid()
        super().__init__()

    def load_config(self) -> None:
        """Hands our settings to gunicorn, which asks for them first."""
        for name, value in options(self._config).items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """The application, warmed before the fork, so that workers share what it has read."""
        _allocate_together()
        for handler in logging.getLogger().handlers:
            handler.addFilter(RequestId())
        app = create_app(self._config)
        if self._on_call:
            load_templates(app)
            sys.stdin.buffer.read()
        site: Site = app.extensions[EXTENSION]
        if self._alone:
            site.on_damage = self._repair
        if not self._on_call:  # who calls asks for all of it at once, of all workers
            warm(app)
        site.on_damage = self._repair
        site.rehearse = partial(rehearse, app)
        return app

    def _repair(self) -> None:
        start_build_once(self._config.data_dir, self._options)

    def run(self) -> None:
        """Serves until it is told to end; the counts that workers share are removed by the parent alone."""
        folder = count_together()
        try:
            super().run()
        finally:
            if os.getpid() == self._master:  # workers leave by the same way
                shutil.rmtree(folder, ignore_errors=True)


def options(config: Config) -> dict[str, Any]:
    """gunicorn's settings."""
    server = config.server
    return {
        "bind": f"{server.host}:{server.port}",
        "preload_app": True,  # loaded before the fork: see warm()
        "workers": server.workers or os.cpu_count() or 1,
        "worker_class": worker_class(server.request_seconds, server.answer_seconds),
        "worker_connections": CONNECTIONS,
        "keepalive": 1,  # connections are kept; for how long, the worker class says
        "timeout": server.timeout_seconds,
        "graceful_timeout": 5,
        # 500 typed letters of another script are 4,500 characters of address; the default is 4,094
        "limit_request_line": LONGEST_REQUEST_LINE,
        "forwarder_headers": "",  # nobody's SCRIPT_NAME or PATH_INFO: not even that of a proxy
        "header_map": "drop",
        "secure_scheme_headers": {},  # whether a proxy is believed, server.proxies says
        "worker_tmp_dir": "/dev/shm" if os.path.isdir("/dev/shm") else None,  # noqa: S108  heartbeats, not data
        "loglevel": "warning",
        "logger_class": Log,
        "proc_name": "starchart",
        "control_socket_disable": True,
        "post_fork": lambda _, worker: _begin(worker.app.wsgi()),
        "on_starting": lambda _: _share_memory(),
        "when_ready": lambda _: _welcome(config),
    }


class Log(gunicorn.glogging.Logger):  # type: ignore[misc]
    """gunicorn's lines among ours, in the form that the settings say."""

    def setup(self, cfg: Any) -> None:
        """Lets gunicorn's records pass on to our handlers instead of writing them itself."""
        super().setup(cfg)
        self.error_log.handlers.clear()
        self.error_log.propagate = True


def _welcome(config: Config) -> None:
    print(f"Starchart is at {address(config)}", flush=True)
    if found := advice(config):
        log.warning("%s", found)


def warm(app: Flask) -> None:
    """Answer once what will be asked first, before the fork: workers share the memory of all this."""
    rehearse(app)
    site: Site = app.extensions[EXTENSION]
    site.before_fork()


def load_templates(app: Flask) -> None:
    """Compile all templates: a third of what warming takes, and it needs no generation."""
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)


def _begin(app: Flask) -> None:
    """A worker trusts no file that the one before it may have died of, and learns by itself what is new."""
    site: Site = app.extensions[EXTENSION]
    site.look_at_once()
    site.watch()


def _allocate_together() -> None:
    """One heap for all threads. glibc gives each thread its own, and each keeps what it once needed."""
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)  # other systems have none, and need none
    if mallopt is not None:
        mallopt(_M_ARENA_MAX, 1)


def _share_memory() -> None:
    """Keep what is there before the fork out of workers' collections: unwritten pages stay shared."""
    gc.collect()
    gc.freeze()
