// What a script can add to the pages. Each part stands alone, and every page works without any of them:
// a content blocker or an old browser leaves plain links and forms.
"use strict";

const find = (selector, within = document) => within.querySelector(selector);
const all = (selector, within = document) => [...within.querySelectorAll(selector)];

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children.filter((child) => child !== ""));
  return element;
}

// Recent searches: kept in this browser, never sent anywhere but as a search.
const recent = {
  key: "starchart.recent",
  most: 8,
  read() {
    try {
      const kept = JSON.parse(localStorage.getItem(this.key) || "[]");
      return Array.isArray(kept) ? kept.filter((text) => typeof text === "string").slice(0, this.most) : [];
    } catch {
      return [];
    }
  },
  write(texts) {
    try {
      if (texts.length) localStorage.setItem(this.key, JSON.stringify(texts.slice(0, this.most)));
      else localStorage.removeItem(this.key);
    } catch {
      // storage is switched off: nothing is remembered
    }
  },
  add(text) {
    const clean = text.trim().slice(0, 200);
    if (clean) this.write([clean, ...this.read().filter((other) => other !== clean)]);
  },
  remove(text) {
    this.write(this.read().filter((other) => other !== text));
  },
};

// Suggestions under the box, as an ARIA combobox.
function suggestions(input) {
  const list = make("ul", { role: "listbox", id: "suggestions-list", "aria-label": "Suggestions" });
  const foot = make("p", { class: "suggestions-foot", hidden: "" });
  const panel = make("div", { class: "suggestions", hidden: "" }, list, foot);
  const said = make("span", { class: "hidden", role: "status" });
  input.after(panel, said);
  for (const [name, value] of Object.entries({
    role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list",
  })) input.setAttribute(name, value);
  let shown = []; // what the lines stand for
  let at = -1;
  let asking = null;
  let timer = 0;
  let failures = 0;

  function close() {
    clearTimeout(timer);
    asking?.abort();
    asking = null;
    panel.hidden = true;
    input.setAttribute("aria-expanded", "false");
    select(-1);
  }

  function select(number) {
    at = number;
    all("[role=option]", list).forEach((option, place) => {
      option.setAttribute("aria-selected", String(place === at));
      if (place === at) option.scrollIntoView({ block: "nearest" });
    });
    if (at < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", `suggestion-${at}`);
  }

  function show(lines, isRecent) {
    shown = lines;
    list.replaceChildren(...lines.map((line, number) => option(line, number, isRecent)));
    foot.hidden = !isRecent;
    panel.hidden = !lines.length;
    input.setAttribute("aria-expanded", String(!panel.hidden));
    said.textContent = lines.length ? `${lines.length} ${isRecent ? "recent searches" : "suggestions"}` : "";
    select(-1);
  }

  function option(line, number, isRecent) {
    const words = line.kind === "filter" ? filterWords(line) : [line.label, line.detail].filter(Boolean).join(" · ");
    const count = line.count === null || line.count === undefined ? "" : line.count.toLocaleString("en");
    const kind = { word: "search", filter: "filter" }[line.kind] || line.kind;
    const element = make(
      "li",
      { role: "option", id: `suggestion-${number}`, class: isRecent ? "suggestion recent" : "suggestion", "aria-selected": "false" },
      marked(line.text, input.value),
      words ? marked(words, input.value, "quiet") : "",
      isRecent ? "" : make("span", { class: `kind kind-${line.kind}` }, count || kind),
    );
    element.addEventListener("click", () => choose(number));
    element.addEventListener("pointermove", () => at !== number && select(number));
    if (isRecent) {
      const forget = make("span", { class: "forget", title: "Forget it" }, "×");
      forget.addEventListener("click", (event) => {
        event.stopPropagation();
        recent.remove(line.text);
        showRecent();
      });
      element.append(forget);
    }
    return element;
  }

  // "fenix: Firefox for Android" says the value, then its title; "app:" is a filter without value
  function filterWords(line) {
    if (line.label.endsWith(":")) return line.detail;
    return line.label.includes(": ") ? line.label.slice(line.label.indexOf(": ") + 2) : "";
  }

  // every typed word, wherever it stands; a word of one or two letters only where a word begins
  function marked(text, typed, tag = "name") {
    const element = make("span", { class: tag });
    const words = typed.toLowerCase().split(/[\s"]+/).map((word) => word.replace(/^-?\w+:/, "")).filter(Boolean);
    const escaped = words.sort((one, other) => other.length - one.length).map((word) => word.replace(/[^\w]/g, "\\$&"));
    const begin = escaped.map((word) => (word.length > 2 ? word : `(?<![A-Za-z0-9])${word}`));
    if (!words.length) element.append(text);
    else text.split(new RegExp(`(${begin.join("|")})`, "gi")).forEach((part, place) => element.append(place % 2 ? make("b", {}, part) : part));
    return element;
  }

  function showRecent() {
    show(recent.read().map((text) => ({ text, kind: "recent", url: "" })), true);
  }

  function choose(number) {
    const line = shown[number];
    close();
    if (line.url) {
      recent.add(line.text);
      location.assign(line.url);
      return;
    }
    input.value = line.text;
    if (line.kind === "filter") {
      input.focus();
      ask();
    } else input.form.requestSubmit();
  }

  async function ask() {
    const typed = input.value;
    asking?.abort();
    if (!typed.trim()) return close();
    const mine = (asking = new AbortController());
    try {
      const answer = await fetch(`/api/v1/suggest?q=${encodeURIComponent(typed)}&limit=${find("#results") ? 6 : 10}`, { signal: mine.signal });
      if (!answer.ok) throw new Error(String(answer.status));
      const found = (await answer.json()).suggestions;
      failures = 0;
      if (mine === asking && document.activeElement === input) show(found, false);
    } catch (problem) {
      if (problem.name === "AbortError") return;
      failures += 1; // blocked, or no network: the form still searches
      close();
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    if (failures < 3) timer = setTimeout(ask, 50);
  });
  input.addEventListener("click", () => !input.value && panel.hidden && showRecent());
  // the box may be moved to another page (live.js): it has the focus again before this looks
  input.addEventListener("blur", () => setTimeout(() => document.activeElement !== input && close()));
  panel.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
  // who moves the pointer to the hits wants to see them; a page that changes under it makes no movement
  document.addEventListener("pointermove", (event) => {
    if (!panel.hidden && (event.movementX || event.movementY) && event.target.closest("#results")) close();
  });
  document.addEventListener("submit", (event) => {
    if (event.target !== input.form) return;
    recent.add(input.value);
    close();
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      event.preventDefault(); // a search field would be emptied: what was typed is never lost
      if (panel.hidden) input.blur();
      else close();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      const hit = event.key === "ArrowDown" && find(".hit h2 a");
      if (panel.hidden && hit) return hit.focus();
      if (panel.hidden) return input.value.trim() ? void ask() : showRecent();
      clearTimeout(timer); // what is being chosen from stays as it is
      asking?.abort();
      const places = shown.length + 1; // one of them is the box itself
      select(((at + 1 + (event.key === "ArrowDown" ? 1 : places - 1)) % places) - 1);
    } else if (event.key === "Enter" && at >= 0) {
      event.preventDefault();
      choose(at);
    } else if (event.key === "Delete" && at >= 0 && shown[at].kind === "recent") {
      event.preventDefault();
      recent.remove(shown[at].text);
      showRecent();
    }
  });
  const forgetAll = make("button", { type: "button", class: "forget", tabindex: "-1" }, "Forget all");
  forgetAll.addEventListener("click", () => {
    recent.write([]);
    close();
  });
  foot.append("Kept in this browser only", forgetAll);
}

// A word or two on what was done, seen and read out.
const note = make("p", { class: "live-note", role: "status", hidden: "" });
let noted = 0;
function tell(text, seconds = 0) {
  if (!note.isConnected) document.body.append(note); // another page may stand here by now
  clearTimeout(noted);
  note.textContent = text;
  note.hidden = !text;
  if (seconds) noted = setTimeout(() => tell(""), seconds * 1000);
}

// Copy buttons: data-copy names the element whose text is copied.
async function copyText(text) {
  if (navigator.clipboard && window.isSecureContext) return navigator.clipboard.writeText(text);
  const area = make("textarea", { class: "hidden", readonly: "" }); // http without a name: the old way
  area.value = text;
  document.body.append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  if (!done) throw new Error("not copied");
}

async function copied(button) {
  const words = button.textContent;
  try {
    await copyText(document.getElementById(button.dataset.copy).textContent.trim());
    button.textContent = "Copied";
    button.classList.add("done");
  } catch {
    button.textContent = "Select it to copy";
  }
  setTimeout(() => {
    button.textContent = words;
    button.classList.remove("done");
  }, 1600);
}

// Long lists, filtered in place: data-filter names the lists or table bodies, which may be folded.
function filterList(input) {
  const wanted = input.value.trim().toLowerCase();
  let found = !wanted;
  for (const id of input.dataset.filter.split(" ")) {
    const list = document.getElementById(id);
    for (const entry of list?.children || []) {
      entry.hidden = !entry.textContent.toLowerCase().includes(wanted);
      found ||= !entry.hidden;
    }
    const fold = list?.closest("details");
    if (fold && wanted) fold.open = true;
  }
  let none = input.nextElementSibling;
  if (!none?.matches(".none")) input.after((none = make("p", { class: "none quiet", role: "status" })));
  none.textContent = found ? "" : "None of these holds it.";
}

// Shows what needs script; called again for parts that come in later.
function ready(within) {
  for (const element of all("[data-copy], [data-do], input[data-filter]", within)) element.hidden = false;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy]");
  if (button) copied(button);
});
document.addEventListener("input", (event) => event.target.dataset.filter && filterList(event.target));

// A part of a page that is replaced alone: links and the form inside of data-swap.
function swaps() {
  async function swap(id, address, keep) {
    try {
      const answer = await fetch(address);
      if (!answer.ok) throw new Error(String(answer.status));
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(id);
      if (!fresh) throw new Error("not there");
      document.getElementById(id).replaceWith(fresh);
      ready(fresh);
      (find(".target a", fresh) || find("a, input", fresh))?.focus({ preventScroll: true });
      if (keep) history.pushState({ swap: id }, "", address);
    } catch {
      location.assign(address);
    }
  }
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-swap] a[data-swap-link]");
    if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    swap(link.closest("[data-swap]").id, link.href, true);
  });
  document.addEventListener("submit", (event) => {
    const part = event.target.closest("[data-swap]");
    if (!part) return;
    event.preventDefault();
    const address = new URL(event.target.action);
    address.search = new URLSearchParams(new FormData(event.target)).toString();
    swap(part.id, address.href, true);
  });
  history.replaceState({ swap: find("[data-swap]").id }, "");
  addEventListener("popstate", (event) => event.state?.swap && swap(event.state.swap, location.href, false));
}

// The first crawl: its progress, and the offer to reload when the real data is in.
function watchCrawl(banner) {
  async function look() {
    const progress = find("#crawl-progress"); // found anew: another page may stand here by now
    if (!progress) return;
    try {
      const now = await (await fetch("/api/v1/status", { cache: "no-store" })).json();
      if (now.serving.id !== banner.dataset.generation) {
        progress.hidden = true;
        find("#reload-real").hidden = false;
        return;
      }
      progress.textContent = now.progress_text || "How far it is";
      if (now.banner) find("#sample-words").textContent = now.banner;
    } catch {
      // the next look may work
    }
    setTimeout(look, document.hidden ? 10000 : 2000);
  }
  setTimeout(look, 1000);
}

// Nothing is indexed yet: this page opens by itself when there is.
function waitUntilReady(note) {
  setInterval(async () => {
    const answer = await fetch(note.dataset.wait, { cache: "no-store" }).catch(() => null);
    if (answer?.ok) location.reload();
  }, 2000);
}

const box = find("#q");
if (box) {
  if (find("#results")) recent.add(box.value);
  suggestions(box);
}
ready(document);
if (find("[data-swap]")) swaps();
if (find("#sample-banner")) watchCrawl(find("#sample-banner"));
if (find("[data-wait]")) waitUntilReady(find("[data-wait]"));
