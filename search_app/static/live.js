// Results as one types: start page and results are replaced in place, at the addresses that a full load has.
// What is fetched is the page itself. Whatever goes wrong leaves the plain form and plain links.
"use strict";

const live = (() => {
  const PACE = 80; // ms between two questions while one types; the first is asked at once
  const SETTLED = 1500; // ms without a keystroke after which a search is one to come back to
  const PATIENCE = 5000; // ms after which an answer is no longer waited for
  const MINE = find('script[src*="live.js"]').getAttribute("src");
  const here = () => location.pathname + location.search;
  const places = new Map(); // how far an entry of the history was scrolled, by its key
  let shown = here(); // the address whose page stands here
  let asking = null; // what is being asked for: { address, gone, done }
  let asked = 0; // when the last question was sent
  let failures = 0;
  let settled = true; // whether this entry of the history is one to come back to
  let leads = false; // whether a full load of what is shown would go on by itself
  let scrolled = 0;
  let pace = 0;
  let rest = 0;
  let frame = 0; // after which what waits behind the hits is shown
  let behind = 0;

  async function fetchPage(address, gone, typing) {
    const headers = { Accept: "text/html", ...(typing && { "Starchart-Typed": "partial" }) };
    const answer = await fetch(address, { signal: gone.signal, headers });
    if (!answer.ok) throw new Error(String(answer.status));
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (!page.getElementById("q")) throw new Error("not a page of ours");
    if (!find(`script[src="${MINE}"]`, page)) throw new Error("a newer page, which wants newer scripts and styles");
    leads = answer.headers.has("Refresh"); // "!glam gc" leads on to another site
    return page;
  }

  // Ask for a page and show it. Resolves to the page, to null where a newer question overtook it; rejects on failure.
  async function go(address, { how = "push", keepBox = false, typing = false } = {}) {
    asking?.gone.abort();
    const mine = (asking = { address, gone: new AbortController() });
    const late = setTimeout(() => mine.gone.abort("late"), PATIENCE);
    const slow = setTimeout(() => find("#results")?.setAttribute("aria-busy", "true"), 250);
    asked = performance.now();
    try {
      const page = await fetchPage(address, mine.gone, typing);
      if (mine !== asking) return null;
      asking = null;
      failures = 0;
      shown = address;
      remember(how, address); // before the page changes: the browser lays out what stands, to keep how far it was scrolled
      show(page, keepBox);
      tell("");
      return page;
    } catch (problem) {
      if (mine !== asking) return null;
      asking = null;
      failures += 1;
      throw problem;
    } finally {
      clearTimeout(late);
      clearTimeout(slow);
      if (!asking) find("#results")?.removeAttribute("aria-busy");
    }
  }

  function remember(how, address) {
    if (how === "stay") return;
    if (how === "push") {
      places.set(history.state?.live, scrolled);
      history.pushState({ live: `${Date.now()}.${Math.random()}` }, "", address);
    } else history.replaceState(history.state, "", address);
  }

  function show(page, keepBox) {
    const old = find("#results");
    const fresh = page.getElementById("results");
    const box = find("#q");
    const words = page.getElementById("q").value;
    cancelAnimationFrame(frame);
    clearTimeout(behind);
    if (old && fresh) {
      keepHiddenInputs(box.form, page.getElementById("q").form);
      if (document.activeElement === box) hitsFirst(old, fresh);
      else morph(old, fresh), complete();
    } else {
      swapBody(page, box);
      if (fresh) arrive(fresh);
      else complete();
    }
    if (!keepBox) box.value = words;
    document.title = page.title;
    all("link[rel=alternate]").forEach((link) => link.remove());
    document.head.append(...all("link[rel=alternate]", page).map((link) => document.importNode(link)));
  }

  function morph(old, fresh) {
    const back = focusIn(old);
    Idiomorph.morph(old, fresh, { callbacks: KEPT });
    all("input[data-filter]", old).forEach((input) => input.value && filterList(input));
    back();
  }

  // While one types, what is looked at stands in the first frame; filters, and hits below the screen, in the second.
  function hitsFirst(old, fresh) {
    for (const part of ["h1", ".tabs"]) Idiomorph.morph(find(part, old), find(part, fresh), { callbacks: KEPT });
    find(".list", old).replaceWith(find(".list", fresh));
    arrive(old, find(".facets", fresh));
  }

  function arrive(results, filters) {
    if (scrolled < 100) results.classList.add("arriving", ...(filters ? [] : ["whole"]));
    frame = requestAnimationFrame(() => {
      behind = setTimeout(() => {
        results.classList.remove("arriving", "whole");
        if (filters) morph(find(".facets", results), filters);
        complete();
      });
    });
  }

  function complete() {
    ready(document);
    document.dispatchEvent(new CustomEvent("starchart:shown"));
  }

  // what the reader did to the page stays as it is; Idiomorph's ignoreActiveValue would leave the focused link as it was too
  const KEPT = {
    beforeAttributeUpdated: (name, node) =>
      !(name === "inert" || (name === "class" && node.id === "facets") || (name === "open" && node.localName === "details") || (name === "hidden" && node.matches("[data-copy], [data-do], [data-filter]"))),
    beforeNodeRemoved: (node) => node.id !== "peek",
    beforeNodeMorphed: (node) => !(node.nodeType === 1 && node.matches("input[data-filter]")),
  };

  function keepHiddenInputs(form, fresh) {
    all("input[type=hidden]", form).forEach((input) => input.remove());
    form.append(...all("input[type=hidden]", fresh).map((input) => document.importNode(input)));
  }

  // Another kind of page: all but the box is replaced, which keeps its focus, its caret and its suggestions.
  function swapBody(page, box) {
    const field = box.closest(".field");
    const focused = document.activeElement === box;
    const caret = [box.selectionStart, box.selectionEnd];
    const body = document.adoptNode(page.body);
    const before = [...document.body.childNodes];
    const place = find(".field:has(#q)", body);
    document.body.className = body.className;
    document.body.append(...body.childNodes);
    if (place.moveBefore) place.parentNode.moveBefore(field, place); // keeps the focus, and waits for no layout
    else place.before(field);
    place.remove();
    before.forEach((node) => node.remove());
    if (scrolled) scrollTo({ top: 0, behavior: "instant" });
    if (!focused || document.activeElement === box) return;
    box.focus({ preventScroll: true });
    box.setSelectionRange(...caret);
  }

  // How to find the focus again: the same words in the same part of the page, else the same place in it.
  function focusIn(old) {
    const focused = document.activeElement;
    if (!old.contains(focused) || focused.matches("input")) return () => {};
    const part = focused.closest("[aria-labelledby], [aria-label]:not(a, button), article");
    const name = part?.getAttribute("aria-labelledby") || part?.getAttribute("aria-label") || "";
    const words = (element) =>
      element.getAttribute("aria-label") || find(".facet-label", element)?.textContent || element.textContent.replace(/[\d,]+\s*$/, "").trim();
    const wanted = words(focused);
    const sort = (element) => element.className.replace(/ ?\bon\b/, "");
    const was = sort(focused); // it may be another one by then
    const alike = (element) => sort(element) === was;
    const place = part ? all("a, button, summary", part).filter(alike).indexOf(focused) : 0;
    return () => {
      if (document.activeElement === focused && focused.isConnected && words(focused) === wanted) return;
      const parts = all("[aria-labelledby], [aria-label], article", old);
      const now = parts.find((each) => [each.getAttribute("aria-labelledby"), each.getAttribute("aria-label")].includes(name));
      const choices = all("a, button, summary", now || old);
      const near = choices.filter(alike);
      const next = choices.find((each) => words(each) === wanted) || near[Math.min(place, near.length - 1)] || choices[0] || find("#q");
      next.focus({ preventScroll: true });
    };
  }

  const address = (form) => {
    const pairs = [...new FormData(form)].map(([name, value]) => [name, name === "q" ? value.trim().replace(/\s+/g, " ") : value]);
    return `/?${new URLSearchParams(pairs)}`;
  };

  function settle() {
    clearTimeout(rest);
    settled = true;
  }

  // What was typed and shown is left as it is: only now it counts as a search.
  function letStand() {
    if (!settled) fetch(shown, { cache: "no-store", keepalive: true, headers: { "Starchart-Typed": "settled" } }).catch(() => {});
    settle();
  }

  // A keystroke: the first of a search makes an entry of the history, those that follow change it.
  function typed() {
    const box = find("#q");
    clearTimeout(pace);
    clearTimeout(rest);
    if (!box.value.trim() || failures > 1) return failures > 1 ? tell("Press Enter to search.") : undefined;
    const wait = asked + PACE - performance.now();
    if (wait > 0) pace = setTimeout(ask, wait);
    else ask();
  }

  async function ask() {
    const wanted = address(find("#q").form);
    if (wanted === shown) return asking?.gone.abort(), (asking = null);
    try {
      if (!(await go(wanted, { how: settled ? "push" : "replace", keepBox: true, typing: true }))) return; // overtaken
      settled = false;
      clearTimeout(rest);
      rest = setTimeout(letStand, SETTLED);
    } catch {
      tell("The hits could not be fetched as you type: press Enter to search.");
    }
  }

  async function follow(wanted, options) {
    settle();
    try {
      const page = await go(wanted, options);
      if (page && leads) location.assign(wanted);
      return page;
    } catch {
      location.assign(wanted); // the plain way
    }
  }

  document.addEventListener("input", (event) => {
    if (event.target.id === "q" && !event.isComposing) typed();
  });
  document.addEventListener("compositionend", (event) => event.target.id === "q" && typed());

  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || !event.target.matches(".search") || failures) return;
    clearTimeout(pace);
    const wanted = address(event.target);
    if (!find("#q").value.trim() && wanted === "/?q=") return;
    event.preventDefault();
    if (matchMedia("(hover: none)").matches) find("#q").blur(); // a phone's keyboard goes away
    if (wanted === shown && leads) location.assign(wanted);
    else if (wanted === shown) letStand();
    else follow(wanted, { how: settled ? "push" : "replace", keepBox: true });
  });

  document.addEventListener("click", async (event) => {
    const link = event.target.closest("#results a[href], .start main a[href]");
    if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const url = new URL(link.href);
    if (url.origin !== location.origin || url.hash) return;
    recent.add(find("#q").value);
    letStand();
    if (url.pathname !== "/" || !url.search) return;
    event.preventDefault();
    clearTimeout(pace);
    const top = link.closest(".pages, .start");
    if ((await follow(url.pathname + url.search)) && top) scrollTo({ top: 0, behavior: "instant" });
  });

  // Back and forward: the page of that entry, scrolled as it was.
  addEventListener("popstate", (event) => {
    if (here() === shown && !asking) return; // only a place within the page
    clearTimeout(pace);
    settle();
    const top = places.get(event.state?.live);
    go(here(), { how: "stay" }).then(
      (page) => page && scrollTo({ top: top || 0, behavior: "instant" }),
      () => location.reload(),
    );
  });
  addEventListener("scroll", () => {
    scrolled = scrollY;
    if (!asking) places.set(history.state?.live, scrolled);
  }, { passive: true });

  // On a phone the filters are a sheet over the hits that stays until it is closed.
  function sheet(open) {
    const facets = find("#facets");
    facets.classList.toggle("sheet", open);
    document.documentElement.classList.toggle("sheet-open", open);
    for (const other of all(".top, .tabs, .list, .foot, .skip")) other.inert = open;
    find(open ? ".facets-close" : ".facets-open")?.focus({ preventScroll: true });
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest(".facets-open, .facets-close");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    sheet(link.matches(".facets-open"));
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && find("#facets.sheet")) sheet(false);
  });
  matchMedia("(max-width: 46rem)").addEventListener("change", (narrow) => !narrow.matches && find("#facets.sheet") && sheet(false));

  history.replaceState({ live: history.state?.live || "first" }, "");
  return { go: follow, settle, get shown() { return shown; } };
})();
