// Single keys for those who read much: j and k from one to the next, / to search, ? for all of them. They come with the first
// one pressed (site.js), never while somebody writes, and can be switched off for good.

const POSTS = "#main .row, #main .post, #main .hit";
const OPENERS = ".row-title a, .notice-row-open, .card-title a, h3 a, h2 a";
const PLACES = {
  h: "a.brand", i: "[data-inbox]", q: ".site-nav a[href$='/threads/']", b: ".site-nav a[href$='/boards/']",
  n: "main [data-next]", d: ".site-tools a[href$='/desk/']",
};
const SEQUENCE_MS = 1500;

let leading = -Infinity; // when g was pressed

/**
 * Do what a key stands for. `page` holds announce and tellTimes of site.js; `at` says when it was pressed: this module, or a busy
 * machine, may be late, and whoever pressed one key right after the other was not.
 */
export function press(key, page, at) {
  const followsG = at - leading < SEQUENCE_MS;
  leading = -Infinity;
  if (followsG && PLACES[key]) return document.querySelector(PLACES[key])?.click();
  if (decide(key)) return undefined;
  const does = {
    "/": search,
    "?": () => help(page),
    n: () => document.querySelector("[data-keys]")?.dataset.ask && location.assign(document.querySelector("[data-keys]").dataset.ask),
    j: () => move(1),
    k: () => move(-1),
    o: () => current()?.querySelector(OPENERS)?.click(),
    r: reply,
    t: () => choose("times", readChoice("times") === "exact" ? "" : "exact", page),
    g: () => { leading = at; },
  };
  does[key]?.();
  return undefined;
}

/** A button that names this key: of the row one is at, or the page's own. In a list of such rows, first go to one. */
function decide(key) {
  const buttons = [...document.querySelectorAll(`:is(main, .page-aside) [data-key="${key}"]`)];
  if (!buttons.length) return false;
  const own = buttons.find((button) => !button.closest(POSTS) || button.closest(POSTS) === current());
  if (own) use(own);
  else move(1);
  return true;
}

/** Press a button, follow a link; a box opens and takes the focus, a field takes it. */
function use(chosen) {
  if (chosen.matches("details[data-box] > summary")) {
    chosen.parentElement.open = true;
    const text = chosen.parentElement.querySelector("textarea");
    if (text?.selectionEnd === 0) text.setSelectionRange(text.value.length, text.value.length); // on where it ends
    text?.focus();
    chosen.parentElement.scrollIntoView({ block: "nearest" });
  } else if (chosen.matches("summary")) {
    chosen.click();
    chosen.parentElement.querySelector("summary ~ * :is(a, button, select, input:not([type=hidden]))")?.focus();
  } else if (chosen.matches("select, textarea, input:not([type=checkbox], [type=radio])")) {
    chosen.focus();
    chosen.scrollIntoView({ block: "nearest" });
  } else {
    chosen.click();
  }
}

function search() {
  const field = [...document.querySelectorAll("[data-search]")].find((each) => each.offsetParent);
  if (field) {
    field.focus();
    field.select?.();
  } else {
    location.assign(document.querySelector("[data-keys]").dataset.searchPage);
  }
}

function reply() {
  const box = document.querySelector("#your-answer textarea");
  const way = box ?? [...document.querySelectorAll("main .button-primary")].at(-1);
  way?.focus();
  way?.scrollIntoView({ block: "center" });
}

// From one to the next -----------------------------------------------------------------------------------------------

function items() {
  return [...document.querySelectorAll(POSTS)].filter((item) => item.offsetParent && !item.parentElement.closest(POSTS));
}

function current() {
  return document.activeElement?.closest(POSTS) ?? null;
}

function move(step) {
  const all = items();
  const at = all.indexOf(current());
  // Nobody is anywhere yet: begin with what is in sight.
  const first = all.findIndex((item) => item.getBoundingClientRect().bottom > 80);
  const next = all[at < 0 ? Math.max(first, 0) : at + step];
  if (!next) return;
  const opener = next.matches(".row, .hit") ? next.querySelector(OPENERS) : null;
  if (!opener) next.tabIndex = -1;
  (opener ?? next).focus({ preventScroll: true });
  const tall = next.offsetHeight > window.innerHeight * 0.8;
  next.scrollIntoView({ block: tall ? "start" : "nearest" });
}

// What is switched on -------------------------------------------------------------------------------------------------

function readChoice(name) {
  try {
    return localStorage.getItem(name) ?? "";
  } catch {
    return "";
  }
}

function choose(name, value, page) {
  try {
    if (value) localStorage.setItem(name, value);
    else localStorage.removeItem(name);
  } catch {
    // Storage is blocked: the choice cannot be kept.
  }
  page.tellTimes(document);
  for (const box of document.querySelectorAll(`[data-choice="${name}"]`)) box.checked = isOn(box);
}

function isOn(box) {
  return (readChoice(box.dataset.choice) === box.dataset.value) !== ("inverse" in box.dataset);
}

/** The two choices, in the dialog or on the page of their own. */
export function settings(root, page) {
  for (const box of root.querySelectorAll("[data-choice]")) {
    box.checked = isOn(box);
    box.addEventListener("change", () => {
      choose(box.dataset.choice, box.checked !== ("inverse" in box.dataset) ? box.dataset.value : "", page);
    });
  }
}

// Help -----------------------------------------------------------------------------------------------------------------

let dialog = null;

/** All keys in a dialog; where it cannot be had, the page of their own. */
export async function help(page) {
  const link = document.querySelector("[data-keys]");
  if (dialog?.open || !link) return;
  if (!dialog) {
    try {
      const answer = await fetch(link.href);
      if (!answer.ok) throw new Error(answer.statusText);
      const arrived = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("keys");
      dialog = document.createElement("dialog");
      dialog.className = "dialog";
      dialog.setAttribute("aria-labelledby", "keys-title");
      dialog.append(document.adoptNode(arrived));
      document.body.append(dialog);
      dialog.addEventListener("click", (event) => { if (event.target === dialog || event.target.closest("[data-close]")) dialog.close(); });
      settings(dialog, page);
    } catch {
      location.assign(link.href);
      return;
    }
  }
  dialog.showModal(); // Escape closes it, and the focus goes back by itself
}
