// The map of an app: what is pointed at is told in words; a click keeps it and unfolds its metrics, Escape lets go.
(() => {
  "use strict";
  const map = document.querySelector(".flow");
  const panel = document.querySelector("#chosen");
  if (!map || !panel) return;
  const now = panel.querySelector(".chosen-now");
  const kept = panel.querySelector(".chosen-kept");
  const resting = now.textContent;
  let asked = new AbortController();
  let held = null; // the box or path that was clicked

  const markOf = (event) => (event.target.closest ? event.target.closest(".box, .curve") : null);
  const titleOf = (mark) => mark.querySelector(":scope > title").textContent;
  const pingOf = (mark) => mark.closest("[data-ping]")?.dataset.ping ?? "";
  const typeOf = (mark) => mark.dataset.type ?? "";
  const plain = (event) => event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey && !event.altKey;

  function light(ping, type) {
    map.classList.toggle("has-pin", Boolean(ping || type));
    for (const mark of map.querySelectorAll(".curve")) {
      const lit = (ping || type) && (!ping || pingOf(mark) === ping) && (!type || typeOf(mark) === type);
      mark.classList.toggle("pinned", Boolean(lit));
    }
    for (const mark of map.querySelectorAll(".of-ping, .of-table")) mark.classList.toggle("pinned", Boolean(ping) && pingOf(mark) === ping);
    for (const mark of map.querySelectorAll(".of-type")) mark.classList.toggle("pinned", Boolean(type) && typeOf(mark) === type);
  }

  async function keep(ping, type, words) {
    const chosen = new URLSearchParams([["ping", ping], ["type", type]].filter(([, value]) => value));
    const address = `${location.pathname}?${chosen}`;
    light(ping, type);
    history.replaceState(history.state, "", address);
    asked.abort();
    asked = new AbortController();
    const line = Object.assign(document.createElement("p"), { className: "chosen-line", textContent: words });
    if (words) kept.replaceChildren(line);
    try {
      const answer = await fetch(address, { signal: asked.signal, headers: { Accept: "text/html" } });
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      kept.replaceChildren(...[...page.querySelector(".chosen-kept").childNodes].map((node) => document.importNode(node, true)));
    } catch (problem) {
      if (problem.name !== "AbortError") location.assign(`${address}#chosen`); // the page itself shows it too
    }
  }

  function letGo() {
    asked.abort();
    if (panel.contains(document.activeElement)) (held?.matches("a") ? held : map.closest("[tabindex]")).focus({ preventScroll: true });
    held = null;
    light("", "");
    kept.replaceChildren();
    now.textContent = resting;
    history.replaceState(history.state, "", location.pathname);
  }

  const tell = (event) => { now.textContent = markOf(event) ? titleOf(markOf(event)) : resting; };
  const forget = () => { // what the keyboard is on stays told when the pointer leaves
    const mark = document.activeElement.closest(".flow .box");
    now.textContent = mark ? titleOf(mark) : resting;
  };
  map.addEventListener("pointerover", tell);
  map.addEventListener("focusin", tell);
  map.addEventListener("pointerleave", forget);
  map.addEventListener("focusout", forget);

  map.addEventListener("click", (event) => {
    const mark = markOf(event);
    if (!mark || !plain(event) || !(pingOf(mark) || typeOf(mark))) return;
    if (mark === held) {
      if (mark.matches(".curve, .of-type")) event.preventDefault(), letGo();
      return; // a link is followed
    }
    event.preventDefault();
    held = mark;
    keep(pingOf(mark), typeOf(mark), titleOf(mark));
  });

  panel.addEventListener("click", (event) => {
    const link = event.target.closest("a");
    if (!link || !plain(event) || link.pathname !== location.pathname) return;
    event.preventDefault();
    const chosen = new URLSearchParams(link.search);
    if (link.matches(".let-go")) letGo();
    else {
      held = null;
      keep(chosen.get("ping") ?? "", chosen.get("type") ?? "", "");
      panel.focus({ preventScroll: true });
    }
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && map.matches(".has-pin") && !event.target.matches("input, select, textarea")) letGo();
  });
})();
