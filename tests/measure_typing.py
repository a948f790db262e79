"""Where the time goes from a keystroke to hits on the screen, in Chromium.

`python -m tests.measure_typing ADDRESS…`: an ADDRESS is that of a running server with the real data; several
are asked in turns. Prints figures and asserts nothing: what a clock says of a shared machine is
no test. Each sample is the first keystroke on a page that was just loaded, by the clock of the page:

    asked    the keystroke arrived to the request was sent (waiting, script before it)
    answered the request was sent to the last byte was there (loopback, gunzip, and of it:)
    server   what the server says that it needed
    shown    the last byte was there to the hits stand in the document (parse, replacement)
    painted  the hits stand in the document to the frame with them is made (style, layout, paint)
    total    from the keystroke to the frame

Below them stands processor time of the page's thread, in which the rest of the machine has no part: style,
layout and script, and all that it did (thread), the frame after the first one included.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Sequence
from statistics import median, quantiles
from typing import Any

from playwright.sync_api import Browser, sync_playwright

SAMPLES = 30
KEYS = "gcpsedamhl"  # one a sample, in turns
PAGES = {"start page": "/", "results": "/?q=clients_daily"}
PHASES = ("asked", "answered", "server", "shown", "painted", "total")
COUNTED = {
    "RecalcStyleDuration": "style",
    "LayoutDuration": "layout",
    "ScriptDuration": "script",
    "TaskDuration": "thread",
}
QUIET = ("--no-sandbox", "--no-first-run", "--disable-sync", "--disable-background-networking")

# event.timeStamp is the time of the key itself; a frame is made when a task behind its animation frame runs
WATCH = """() => {
  window.typed = new Promise((done) => {
    let key = 0;
    const before = location.search;
    document.addEventListener("keydown", (event) => (key = key || event.timeStamp), { capture: true });
    const watch = new MutationObserver(() => {
      if (location.search === before || !document.querySelector(".hit, .empty")) return;
      watch.disconnect();
      const shown = performance.now();
      requestAnimationFrame(() => {
        scheduler.postTask(() => {
          const painted = performance.now();
          const asked = performance.getEntriesByType("resource").filter((each) => each.startTime >= key);
          const page = asked.find((each) => new URL(each.name).pathname === "/");
          done({ asked: page.startTime - key, answered: page.responseEnd - page.startTime,
                 server: page.serverTiming[0].duration,
                 shown: shown - page.responseEnd, painted: painted - shown, total: painted - key });
        }, { priority: "user-blocking" });
      });
    });
    watch.observe(document, { childList: true, subtree: true });
  });
}"""


def sample(browser: Browser, address: str, path: str, key: str) -> dict[str, float]:
    """The phases of one first keystroke, in milliseconds, with what Chromium counted."""
    context = browser.new_context(base_url=address, viewport={"width": 1440, "height": 900})
    page = context.new_page()
    counters = context.new_cdp_session(page)
    counters.send(
        "Performance.enable", {"timeDomain": "threadTicks"}
    )  # what others use of the machine is not in it
    page.goto(path)
    page.wait_for_load_state("networkidle")
    page.locator("#q").focus()
    page.keyboard.press("End")
    page.evaluate(WATCH)
    before = _counted(counters.send("Performance.getMetrics"))
    page.keyboard.press(key)
    phases: dict[str, float] = page.evaluate("window.typed")
    after = _counted(counters.send("Performance.getMetrics"))
    context.close()
    return phases | {name: (after[name] - before[name]) * 1000 for name in before}


def _counted(metrics: dict[str, Any]) -> dict[str, float]:
    return {COUNTED[each["name"]]: each["value"] for each in metrics["metrics"] if each["name"] in COUNTED}


def row(name: str, values: Sequence[float]) -> str:
    """A line of the table: median, 95th percentile, slowest."""
    return f"  {name:9} {median(values):7.1f} {quantiles(values, n=20)[-1]:7.1f} {max(values):7.1f}"


def main(addresses: Sequence[str]) -> None:
    """Print the table of each page at each address."""
    chromium = shutil.which("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        for name, path in PAGES.items():
            samples: dict[str, list[dict[str, float]]] = {address: [] for address in addresses}
            for address in addresses:
                sample(browser, address, path, "x")  # the first one opens Chromium's own files
            for n in range(SAMPLES):
                for address, taken in samples.items():
                    taken.append(sample(browser, address, path, KEYS[n % len(KEYS)]))
            for address, taken in samples.items():
                print(f"{name}, {address}: {SAMPLES} first keystrokes, ms")
                print(f"  {'':9} {'median':>7} {'p95':>7} {'max':>7}")
                for phase in (*PHASES, *COUNTED.values()):
                    print(row(phase, [each[phase] for each in taken]))
        browser.close()


if __name__ == "__main__":
    main(sys.argv[1:])
