// Stars and saved searches: kept in this browser only, to be taken along as a file.
"use strict";

const kept = (() => {
  const KEY = "starchart.kept";
  const MOST = 500;
  const empty = () => ({ stars: [], searches: [] });

  // what came from a file or from storage is anything: only our own addresses and short words are taken
  function sound(entry) {
    return entry && typeof entry.url === "string" && /^\/(?![/\\])[\x21-\x7e]*$/.test(entry.url) && typeof entry.words === "string";
  }

  function only(found) {
    const clean = (list) => (Array.isArray(list) ? list.filter(sound).slice(0, MOST) : [])
      .map(({ url, words, kind }) => ({ url, words: words.slice(0, 200), kind: typeof kind === "string" ? kind.slice(0, 40) : "" }));
    return { stars: clean(found?.stars), searches: clean(found?.searches) };
  }

  function read() {
    try {
      return only(JSON.parse(localStorage.getItem(KEY) || "{}"));
    } catch {
      return empty();
    }
  }

  function write(all) {
    try {
      if (all.stars.length || all.searches.length) localStorage.setItem(KEY, JSON.stringify(all));
      else localStorage.removeItem(KEY);
      return true;
    } catch {
      tell("This browser keeps nothing for this site.", 3);
      return false;
    }
  }

  // Adds an entry or takes it off. Returns whether it is kept now.
  function toggle(list, entry) {
    const now = read();
    const there = now[list].some((each) => each.url === entry.url);
    now[list] = there ? now[list].filter((each) => each.url !== entry.url) : [entry, ...now[list]].slice(0, MOST);
    return write(now) && !there;
  }

  function ofHit(hit) {
    const link = find("h2 a", hit);
    return { url: new URL(link.href).pathname, words: link.textContent.trim(), kind: find(".kind", hit)?.textContent.trim() || "" };
  }

  // a search without its page and its reasons: what a feed takes too
  function ofSearch(button) {
    const parameters = new URLSearchParams(location.search);
    for (const name of ["page", "explain", "size"]) parameters.delete(name);
    return { url: `/?${parameters}`, words: button.dataset.words, kind: "" };
  }

  function press(button, on, words) {
    button.setAttribute("aria-pressed", String(on));
    button.textContent = words;
  }

  // Buttons of the page say what is kept.
  function mark() {
    const now = read();
    const stars = new Set(now.stars.map((each) => each.url));
    for (const button of all('.hit [data-do="star"]')) {
      const on = stars.has(ofHit(button.closest(".hit")).url);
      press(button, on, on ? "Starred" : "Star");
    }
    const save = find('[data-do="save"]');
    if (!save) return draw();
    const on = now.searches.some((each) => each.url === ofSearch(save).url);
    press(save, on, on ? "Saved" : "Save search");
  }

  // The start page's part.
  function draw() {
    const part = find("#kept");
    if (!part) return;
    const now = read();
    part.hidden = !now.stars.length && !now.searches.length;
    if (part.hidden) return part.replaceChildren();
    const file = make("input", { type: "file", accept: "application/json", id: "kept-file", class: "hidden" });
    file.addEventListener("change", () => take(file.files[0]));
    part.replaceChildren(
      make("h2", { id: "kept-title" }, "Kept in this browser"),
      make("div", { class: "kept-columns" }, listed("searches", "Saved searches", now.searches), listed("stars", "Stars", now.stars)),
      make("p", {}, action("Take them along as a file", save), " ", make("label", { for: "kept-file", class: "do file" }, "Add from a file"), file),
    );
  }

  function listed(list, title, entries) {
    if (!entries.length) return "";
    const lines = entries.map((entry) => {
      const feed = make("a", { href: entry.url.replace(/^\/\?/, "/feed.atom?") }, "feed");
      const off = action("Take off", () => (toggle(list, entry), draw()));
      off.setAttribute("aria-label", `Take off ${entry.words}`);
      return make("li", {}, make("a", { href: entry.url }, entry.words), " ",
        make("small", {}, list === "searches" ? feed : entry.kind), off);
    });
    return make("div", {}, make("h3", {}, title), make("ul", { class: "lines" }, ...lines));
  }

  function action(words, act) {
    const button = make("button", { type: "button", class: "do" }, words);
    button.addEventListener("click", act);
    return button;
  }

  function save() {
    const text = JSON.stringify({ starchart: 1, ...read() }, null, 1);
    const link = make("a", { href: URL.createObjectURL(new Blob([text], { type: "application/json" })), download: "starchart-kept.json" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  }

  async function take(file) {
    try {
      if (!file || file.size > 1_000_000) throw new Error("too large");
      const found = only(JSON.parse(await file.text()));
      const now = read();
      for (const list of ["stars", "searches"]) {
        const known = new Set(now[list].map((each) => each.url));
        now[list] = [...now[list], ...found[list].filter((each) => !known.has(each.url))].slice(0, MOST);
      }
      write(now);
      draw();
    } catch {
      tell("This file holds no stars or searches.", 3);
    }
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button?.dataset.do === "star") toggle("stars", ofHit(button.closest(".hit")));
    else if (button?.dataset.do === "save") tell(toggle("searches", ofSearch(button)) ? "Saved: it stands on the start page, with its feed." : "No longer saved.", 3);
    else return;
    mark();
  });
  document.addEventListener("starchart:shown", mark);
  addEventListener("storage", mark);
  mark();
  return { read };
})();
