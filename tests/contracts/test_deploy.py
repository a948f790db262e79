"""What operators are given is true: settings load, alerts name what is measured, the proxy example works."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
import yaml
from flask.testing import FlaskClient

from indexer.config import load_config
from tests.support.servers import free_port, served

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "deploy"
(GROUP,) = yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"]


@pytest.mark.parametrize("name", ["settings.yaml", "container.yaml"])
def test_the_settings_for_operators_are_settings(name: str) -> None:
    assert load_config(DEPLOY / name, {}).server.host


@pytest.mark.parametrize("rule", GROUP["rules"], ids=lambda rule: rule["alert"])
def test_an_alert_names_only_what_is_measured_and_has_a_remedy(
    rule: dict[str, str], small_client: FlaskClient
) -> None:
    small_client.get("/?q=gc")
    measured = set(re.findall(r"^# TYPE (\w+)", small_client.get("/metrics").text, re.MULTILINE))
    for name in re.findall(r"starchart_\w+", rule["expr"]):
        assert {name, name.removesuffix("_bucket")} & measured, name
    assert f"| {rule['alert']} |" in (ROOT / "docs" / "operate.md").read_text()


def test_services_and_images_start_commands_that_there_are() -> None:
    for unit, command in (("starchart-serve", "serve"), ("starchart-schedule", "schedule")):
        text = (DEPLOY / f"{unit}.service").read_text()
        assert f"ExecStart=/opt/starchart/.venv/bin/starchart {command}\n" in text
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    assert {name: entry["command"] for name, entry in services.items()} == {
        "serve": ["starchart", "serve"],
        "schedule": ["starchart", "schedule"],
    }
    for copied in re.findall(r"^COPY (?!--from|\. )(\S+)", (DEPLOY / "Dockerfile").read_text(), re.MULTILINE):
        assert (ROOT / copied).exists(), copied


def test_every_locked_package_is_listed_with_its_licence() -> None:
    locked = set(
        re.findall(r"^([\w.-]+)==([^\s;]+)", (ROOT / "requirements" / "base.txt").read_text(), re.MULTILINE)
    )
    rows = re.findall(
        r"^\| (\S+) \| (\S+) \| (.*?) ?\|$", (ROOT / "docs" / "licences.md").read_text(), re.MULTILINE
    )
    assert locked == {(name, version) for name, version, _ in rows if name not in ("package", "---")}
    assert not [name for name, _, licence in rows if licence in ("not told", "UNKNOWN")]


@pytest.mark.parametrize("source", ["http://127.0.0.1:9/", ""])
def test_an_audit_without_a_source_skips_and_says_so(source: str) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "requirements" / "audit.py", source, ROOT / "requirements" / "base.txt"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout.startswith("audit skipped: ")) == (0, True)
    assert "Nothing was audited." in done.stdout


# ---------------------------------------------------------------- nginx


@pytest.fixture(scope="module")
def proxy(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """nginx with the example's file, without TLS, before a server with the example's settings; its port."""
    nginx = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
    if nginx is None:
        pytest.skip("there is no nginx here")
    folder, port = tmp_path_factory.mktemp("nginx"), free_port()
    settings = folder / "own.yaml"
    settings.write_text(
        "server: {allowed_hosts: [starchart.example.org], proxies: 1}\nlogging: {access: true}\n"
    )
    with served(sample_data, workers=2, environment={"STARCHART_CONFIG": str(settings)}) as base:
        site = (DEPLOY / "nginx.conf").read_text()
        assert "listen 443 ssl http2;" in site
        site = re.sub(r"server \{\s+listen 80;.*?\n\}\n", "", site, count=1, flags=re.DOTALL)
        site = site.replace("listen 443 ssl http2;", f"listen 127.0.0.1:{port};")
        site = re.sub(r"\s+ssl_\w+ [^;]+;", "", site).replace("127.0.0.1:8000", base.removeprefix("http://"))
        (folder / "nginx.conf").write_text(
            f"daemon off; pid {folder}/pid; error_log {folder}/error.log;\nevents {{}}\n"
            f"http {{ access_log off; client_body_temp_path {folder}/body;\n"
            f"proxy_temp_path {folder}/proxy;\n{site}}}\n"
        )
        running = subprocess.Popen([nginx, "-p", folder, "-c", folder / "nginx.conf"], stderr=subprocess.PIPE)
        try:
            wait_until_it_listens(port, running)
            yield port
        finally:
            running.terminate()
            running.wait(10)


def wait_until_it_listens(port: int, running: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + 10
    while time.monotonic() < until:
        assert running.poll() is None, running.stderr and running.stderr.read().decode()
        try:
            return get(port, "/healthz") and None
        except OSError:
            time.sleep(0.1)
    pytest.fail("nginx did not start")


def get(port: int, path: str, **headers: str) -> tuple[int, dict[str, str], str]:
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", path, headers={"Host": "starchart.example.org", **headers})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read().decode()
    finally:
        connection.close()


@pytest.mark.slow
def test_readers_get_through_the_proxy_and_are_told_its_request_id(proxy: int) -> None:
    status, headers, body = get(proxy, "/?q=gc", **{"X-Request-Id": "forged"})
    assert (status, "<html" in body) == (200, True)
    assert re.fullmatch(r"[0-9a-f]{32}", headers["X-Request-Id"])
    assert "Strict-Transport-Security" not in headers  # this one speaks no TLS, whatever the client says:
    assert "Strict-Transport-Security" not in get(proxy, "/", **{"X-Forwarded-Proto": "https"})[1]


@pytest.mark.slow
def test_another_host_is_refused_behind_the_proxy_too(proxy: int) -> None:
    assert get(proxy, "/", Host="evil.example")[0] == 400


@pytest.mark.slow
def test_a_client_that_asks_too_much_is_told_to_come_again_and_in_json(proxy: int) -> None:
    answers = [get(proxy, "/export.csv?q=gc") for _ in range(9)]
    refused = [(headers, body) for status, headers, body in answers if status == 429]
    assert 1 <= len(refused) < 9
    headers, body = refused[0]
    assert headers["Retry-After"] == "5"
    assert '"code": "too_many_requests"' in body
    assert get(proxy, "/?q=gc")[0] == 200
