"""A real Firefox without a window, spoken to by Marionette: its own protocol for remote control."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.servers import free_port

START_SECONDS = 60
REMOTE = ("--headless", "--no-remote", "--marionette", "--remote-allow-system-access")
QUIET = {  # nothing but our own server is asked for anything
    "app.update.enabled": False,
    "browser.newtabpage.enabled": False,
    "browser.search.update": False,
    "datareporting.policy.dataSubmissionEnabled": False,
    "network.captive-portal-service.enabled": False,
    "network.connectivity-service.enabled": False,
    "services.settings.server": "data:,",
    "toolkit.telemetry.enabled": False,
}


class Firefox:
    """A session. Scripts run in the browser itself (`chrome`) or in a page (`content`)."""

    def __init__(self, port: int) -> None:
        self._stream = _connected(port).makefile("rwb")
        self._number = 0
        self._read()  # who answers
        self.ask("WebDriver:NewSession", capabilities={})

    def ask(self, command: str, **parameters: Any) -> Any:
        """The result of a command. Raises RuntimeError for an error."""
        self._number += 1
        message = json.dumps([0, self._number, command, parameters]).encode()
        self._stream.write(b"%d:%s" % (len(message), message))
        self._stream.flush()
        _, _, error, result = self._read()
        if error:
            raise RuntimeError(f"{command}: {error}")
        return result

    def run(self, script: str, *arguments: Any, context: str = "chrome") -> Any:
        """What an asynchronous function gives, of which this is the body."""
        self.ask("Marionette:SetContext", value=context)
        body = (
            "const [given, done] = [Array.from(arguments).slice(0, -1), arguments[arguments.length - 1]];"
            f"(async (...given) => {{ {script} }})(...given)"
            ".then(value => done({value}), problem => done({problem: String(problem)}));"
        )
        told = self.ask(
            "WebDriver:ExecuteAsyncScript", script=body, args=list(arguments), scriptTimeout=30_000
        )["value"]
        if "problem" in told:
            raise RuntimeError(told["problem"])
        return told.get("value")

    def open(self, address: str) -> None:
        """Load a page and wait for it."""
        self.ask("Marionette:SetContext", value="content")
        self.ask("WebDriver:Navigate", url=address)

    def _read(self) -> Any:
        length = b""
        while (character := self._stream.read(1)) != b":":
            if not character:
                raise RuntimeError("Firefox has ended")
            length += character
        return json.loads(self._stream.read(int(length)))


@contextmanager
def firefox(program: str, home: Path, policies: dict[str, Any] | None = None) -> Iterator[Firefox]:
    """Firefox with a profile of its own, and with an enterprise's policies where there are any."""
    port = free_port()
    profile = home / "profile"
    profile.mkdir(parents=True)
    wanted = {**QUIET, "marionette.port": port}
    lines = (f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in wanted.items())
    (profile / "user.js").write_text("\n".join(lines))
    if policies is not None:
        program = str(_with_policies(program, home / "program", policies))
    process = subprocess.Popen(
        [program, *REMOTE, "--profile", profile],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env={**os.environ, "HOME": str(home)},
    )  # fmt: skip
    try:
        yield Firefox(port)
    finally:
        process.terminate()
        process.wait(30)


def _with_policies(program: str, folder: Path, policies: dict[str, Any]) -> Path:
    """The program once more: links to its files, with policies of its own beside it."""
    installed = Path(program).resolve().parent
    folder.mkdir()
    for each in installed.iterdir():
        if each.name == Path(program).resolve().name:
            shutil.copy2(each, folder / each.name)  # it looks for the rest beside itself
        elif each.name != "distribution":
            (folder / each.name).symlink_to(each)
    (folder / "distribution").mkdir()
    (folder / "distribution" / "policies.json").write_text(json.dumps({"policies": policies}))
    return folder / Path(program).resolve().name


def _connected(port: int) -> socket.socket:
    until = time.monotonic() + START_SECONDS
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=60)
        except OSError:
            if time.monotonic() > until:
                raise
            time.sleep(0.2)
