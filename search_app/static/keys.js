// The peek: the chosen hit beside the list, made by the server. It follows the choice until it is closed.
"use strict";

const peek = (() => {
  const MOST = 50;
  const kept = new Map(); // what was fetched, by its address
  let wanted = "";
  let soon = 0;

  const open = () => find("#peek");

  function addressOf(hit) {
    const link = find("h2 a", hit);
    return link && `/peek${new URL(link.href).pathname}${new URL(link.href).search}`;
  }

  // The part of a hit as an element of its own. Rejects where it is not to be had.
  async function of(hit) {
    const address = addressOf(hit);
    if (!kept.has(address)) {
      const answer = await fetch(address);
      if (!answer.ok) throw new Error(String(answer.status));
      const part = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("peek");
      if (!part) throw new Error("not there");
      if (kept.size >= MOST) kept.clear();
      kept.set(address, part);
    }
    return document.importNode(kept.get(address), true);
  }

  async function show(hit) {
    const address = (wanted = addressOf(hit));
    try {
      const part = await of(hit);
      if (address !== wanted) return;
      if (open()) open().replaceWith(part);
      else find(".columns").append(part);
      ready(part);
      mark(hit);
    } catch {
      close();
      tell("It cannot be shown here: open its page.", 3);
    }
  }

  function mark(hit) {
    for (const each of all(".hit.peeked")) each.classList.remove("peeked");
    hit?.classList.add("peeked");
  }

  function close() {
    const part = open();
    wanted = "";
    mark(null);
    if (!part) return false;
    if (part.contains(document.activeElement)) find(".hit h2 a")?.focus({ preventScroll: true });
    part.remove();
    return true;
  }

  function toggle(hit) {
    if (!hit?.matches(".hit")) return;
    if (open() && hit.matches(".peeked")) close();
    else show(hit);
  }

  function follow(hit) {
    clearTimeout(soon);
    if (open() && hit && addressOf(hit) !== wanted) soon = setTimeout(show, 60, hit);
  }

  document.addEventListener("focusin", (event) => follow(event.target.closest?.(".hit")));
  document.addEventListener("starchart:shown", () => {
    const first = find(".hit");
    if (first) follow(document.activeElement.closest(".hit") || first);
    else close();
  });
  document.addEventListener("click", (event) => event.target.closest('[data-do="unpeek"]') && close());
  return { of, toggle, close };
})();

// The keyboard. Single letters act nowhere in a field and can be switched off (WCAG 2.1.4).
const keys = (() => {
  const KEPT = "starchart.keys";
  const FIELD = "input, textarea, select, [contenteditable]";
  const TABLE = [
    ["/ or Ctrl K", "go to the box"],
    ["↓ or j", "next hit; ↓ in the box: first hit"],
    ["↑ or k", "hit before"],
    ["Enter", "open it, with Ctrl in a new tab"],
    ["o", "open the first tool for it"],
    ["c", "copy its name"],
    ["s", "copy its query"],
    ["p", "peek at it beside the list"],
    ["?", "these keys"],
    ["Esc", "leave the box, the peek, a sheet; what was typed stays"],
  ];

  function lettersAct() {
    try {
      return localStorage.getItem(KEPT) !== "off";
    } catch {
      return true; // storage is switched off
    }
  }

  function keepLetters(act) {
    try {
      if (act) localStorage.removeItem(KEPT);
      else localStorage.setItem(KEPT, "off");
    } catch {
      tell("This browser keeps nothing for this site.", 3);
    }
  }

  const hits = () => all(".hit h2 a");
  const chosen = () => document.activeElement.closest?.(".hit");

  function step(by) {
    const links = hits();
    const at = links.findIndex((link) => link.closest(".hit") === chosen());
    if (at + by < 0) return find("#q").focus();
    const link = links[at < 0 ? firstSeen(links) : Math.min(at + by, links.length - 1)];
    link?.focus({ preventScroll: true });
    link?.closest(".hit").scrollIntoView({ block: "nearest", behavior: "instant" });
  }

  // of a list that was scrolled, the hit at the top of what is seen
  const firstSeen = (links) => Math.max(0, links.findIndex((link) => link.getBoundingClientRect().top > 60));

  // what a letter is about: the chosen hit, else the first one, else the item of the page
  const subject = () => chosen() || find(".hit") || find(".item");

  async function copyName(about = subject()) {
    const name = about && find("h2 .name, #item-name, h1 .name", about)?.textContent.trim();
    if (!name) return;
    await copyText(name);
    tell(`Copied ${name}`, 2);
  }

  async function copyQuery() {
    const about = subject();
    let code = about && find("code[id^=sql-]", about);
    if (about?.matches(".hit")) code = find("code[id^=sql-]", await peek.of(about));
    if (!code) return tell("There is no query for it.", 2);
    await copyText(code.textContent.trim());
    tell("Copied its query", 2);
  }

  const failed = () => tell("It could not be copied: open the page and select it.", 3);

  const LETTERS = {
    "/": toBox,
    "?": () => sheet().showModal(),
    j: () => step(1),
    k: () => step(-1),
    o: () => find(".tools .tool-link, .item-side .tool-link", subject() || document)?.click(),
    c: () => copyName().catch(failed),
    s: () => copyQuery().catch(failed),
    p: () => peek.toggle(subject()),
  };

  function toBox() {
    const box = find("#q");
    box?.focus();
    box?.select();
  }

  function sheet() {
    const made = find("#keys-sheet");
    if (made) return made;
    const rows = TABLE.map(([key, what]) => make("tr", {}, make("th", { scope: "row" }, ...caps(key)), make("td", {}, what)));
    const letters = make("input", { type: "checkbox", id: "keys-letters" });
    letters.checked = lettersAct();
    letters.addEventListener("change", () => keepLetters(letters.checked));
    const close = make("button", { type: "button" }, "Close");
    const dialog = make(
      "dialog", { id: "keys-sheet", class: "keys-sheet", "aria-labelledby": "keys-title" },
      make("h2", { id: "keys-title" }, "Keys"),
      make("table", {}, make("tbody", {}, ...rows)),
      make("p", {}, make("label", { for: "keys-letters" }, letters, " Single letters and signs act as keys"), close),
    );
    close.addEventListener("click", () => dialog.close());
    document.body.append(dialog);
    return dialog;
  }

  const caps = (key) => key.split(/( or )/).flatMap((part) => (part === " or " ? [part] : make("kbd", {}, part)));

  // One stop of the Tab key for a row of links and buttons; the arrows go through it.
  const inRow = (row) => all("a, button", row).filter((each) => each.offsetParent);
  function rove() {
    for (const row of all("[data-rove]")) {
      const links = inRow(row);
      const stop = links.find((link) => link === document.activeElement) || links.find((link) => link.getAttribute("aria-current")) || links[0];
      for (const link of links) link.tabIndex = link === stop ? 0 : -1;
    }
  }

  function along(row, key) {
    const links = inRow(row);
    const at = links.indexOf(document.activeElement);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: links.length - 1 }[key];
    if (to === undefined || at < 0) return false;
    links[(to + links.length) % links.length].focus();
    rove();
    return true;
  }

  function acts(event) {
    const key = event.key;
    if ((event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey && key.toLowerCase() === "k") return toBox(), true;
    if (find("dialog[open]") || event.ctrlKey || event.metaKey || event.altKey) return false;
    if (event.target.closest?.(FIELD)) return false;
    const row = event.target.closest?.("[data-rove]");
    if (row && along(row, key)) return true;
    if (key === "Escape") return peek.close() || Boolean(chosen() && (document.activeElement.blur(), true));
    if (key === "ArrowDown" && chosen()) return step(1), true;
    if (key === "ArrowUp" && chosen()) return step(-1), true;
    if (!lettersAct() || !Object.hasOwn(LETTERS, key)) return false;
    return LETTERS[key](), true;
  }

  document.addEventListener("keydown", (event) => {
    if (!event.isComposing && !event.defaultPrevented && acts(event)) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest('a[href="/help#keys"]') && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      sheet().showModal();
    }
    if (event.target.closest('.skip[href="#hit-1"]')) {
      event.preventDefault();
      hits()[0]?.focus();
    }
    const button = event.target.closest("[data-do]");
    if (button?.dataset.do === "copy") copyName(button.closest(".hit")).catch(failed);
    else if (button?.dataset.do === "peek") peek.toggle(button.closest(".hit"));
  });
  document.addEventListener("starchart:shown", rove);
  rove();
  return { rove };
})();
