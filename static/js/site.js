// What every page does beyond plain HTML: theme switch, relative times, menus, and a voice for screen readers.
// Nothing here is needed to read, ask or answer.

const language = document.documentElement.lang || undefined;
const relative = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "long" });
// Of the reader's own kinds of this language: whoever reads English in London has no "pm".
const own = navigator.languages?.find((each) => each.split("-")[0] === language?.split("-")[0]) ?? language;
const exact = formatter({ dateStyle: "medium", timeStyle: "short" });
const clock = formatter({ timeStyle: "short" });
const dayOnly = formatter({ dateStyle: "medium" });

// In the time zone a person chose, else in the browser's own.
function formatter(style) {
  try {
    return new Intl.DateTimeFormat(own, { ...style, timeZone: document.documentElement.dataset.zone });
  } catch {
    return new Intl.DateTimeFormat(own, style); // a zone this browser does not know
  }
}

function isChosen(name, value) {
  try {
    return localStorage.getItem(name) === value;
  } catch {
    return false;
  }
}

// Steps of a relative time: the largest unit that still counts at least one.
const UNITS = [["day", 86400], ["hour", 3600], ["minute", 60]];
const RELATIVE_DAYS = 30;

export function timeText(then, now = new Date()) {
  const seconds = Math.round((then - now) / 1000);
  if (Math.abs(seconds) > RELATIVE_DAYS * 86400) return dayOnly.format(then);
  for (const [unit, size] of UNITS) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return relative.format(0, "second");
}

/** The time of the day where it was today, date and time before. */
function clockText(then) {
  return dayOnly.format(then) === dayOnly.format(new Date()) ? clock.format(then) : exact.format(then);
}

function tellTimes(root) {
  const always = isChosen("times", "exact");
  for (const element of root.querySelectorAll("time[datetime]")) {
    const then = new Date(element.dateTime);
    if (Number.isNaN(then.getTime())) continue;
    element.title = exact.format(then);
    const { dataset } = element;
    const wish = always || "exact" in dataset;
    const text = "clock" in dataset ? clockText(then) : wish ? exact.format(then) : timeText(then);
    if (element.textContent !== text) element.textContent = text;
  }
}

// Who cannot hover is shown the exact time of a link with the focus, and of any time that is tapped.
const exactly = (then) => exact.format(then);
document.addEventListener("focusin", (event) => {
  const link = event.target.closest?.("a");
  if (link?.querySelector("time")) import("./times.js").then((times) => { if (link.matches(":focus")) times.beside(link, exactly); });
});
document.addEventListener("click", (event) => {
  const time = event.target.closest?.("time");
  if (!time || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const link = time.closest("a, button, summary");
  if (!link) import("./times.js").then((times) => times.toggle(time, tellTimes));
  else if (link.matches(".post-when a")) follow(event, link);
});
// A permalink of what stands on this page shows when it was written; loading the page anew would show nothing else.
function follow(event, link) {
  const post = link.closest(".post");
  if (!post?.id) return;
  event.preventDefault();
  if (location.hash !== `#${post.id}`) location.hash = post.id;
  import("./times.js").then((times) => times.beside(link, exactly));
}

// Wide code and tables scroll; whoever has only a keyboard must be able to scroll them too.
function openScrollers(root) {
  for (const element of root.querySelectorAll(".prose pre, .prose table, .table-scroll")) {
    if (element.scrollWidth > element.clientWidth) element.tabIndex = 0;
    else element.removeAttribute("tabindex");
  }
}
// A telephone is turned, a page is zoomed: what fitted may now have to be scrolled.
window.addEventListener("resize", () => openScrollers(document));

// On a phone the current tab may stand outside the strip.
function showCurrentTab(root) {
  for (const strip of root.querySelectorAll(".tabs")) {
    const tab = strip.querySelector("[aria-current]");
    if (tab && strip.scrollWidth > strip.clientWidth) strip.scrollLeft += tab.getBoundingClientRect().left - strip.getBoundingClientRect().left - 32;
  }
}

/** Bring markup that has just arrived (page, htmx swap, poll) to life. */
export function enhance(root = document) {
  tellTimes(root);
  openScrollers(root);
  showCurrentTab(root);
}

/** Say something to screen readers without showing it. */
export function announce(text) {
  const region = document.getElementById("live");
  if (!region) return;
  region.textContent = "";
  setTimeout(() => { region.textContent = text; }, 50);
}

/** Show a short message at the foot of the page; it is read out too, and goes away by itself. Tone: info, success, warning, danger. */
export function toast(text, tone = "info", seconds = 6) {
  const place = document.getElementById("toasts");
  if (!place) return;
  const note = document.createElement("p");
  note.className = `toast notice tone-${tone}`;
  note.textContent = text;
  place.append(note);
  setTimeout(() => note.remove(), seconds * 1000);
}

function readTheme() {
  return document.documentElement.dataset.theme ?? "system";
}

function showTheme(group) {
  for (const button of group.querySelectorAll("[data-theme-choice]")) {
    button.setAttribute("aria-pressed", String(button.dataset.themeChoice === readTheme()));
  }
}

function chooseTheme(choice) {
  if (choice === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
  try {
    if (choice === "system") localStorage.removeItem("theme");
    else localStorage.setItem("theme", choice);
  } catch {
    // Storage is blocked: the choice lasts as long as the page.
  }
}

for (const group of document.querySelectorAll("[data-theme-switch]")) {
  showTheme(group);
  group.addEventListener("click", (event) => {
    const button = event.target.closest("[data-theme-choice]");
    if (!button) return;
    chooseTheme(button.dataset.themeChoice);
    document.querySelectorAll("[data-theme-switch]").forEach(showTheme);
  });
}

// Menus are <details>: they open without a script; the script only closes them as people expect.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    const inside = menu.contains(document.activeElement);
    menu.open = false;
    if (inside) menu.querySelector("summary").focus();
  }
});
document.addEventListener("focusout", (event) => {
  const menu = event.target.closest?.("details.menu[open]");
  if (menu && event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});

// Thanks are given where one reads: the page stays where it is.
document.addEventListener("submit", (event) => {
  const button = event.submitter;
  if (event.defaultPrevented || !button?.matches(".vote button, button.vote, .thread-join button") || "plainly" in button.dataset) return;
  event.preventDefault();
  import("./thanks.js").then((thanks) => thanks.press(button, { toast }));
});

// An address tells what was chosen, and nothing of what was left empty.
document.addEventListener("formdata", (event) => {
  if (event.target.method !== "get") return;
  for (const [name, value] of [...event.formData]) if (value === "" && name !== "q") event.formData.delete(name);
});

// Whether one may be counted is said where one writes.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-consent]") || "plainly" in form.dataset) return;
  event.preventDefault();
  import("./consent.js").then((consent) => consent.say(form, event.submitter, { toast }));
});

// A form that is on its way is not sent twice; the server holds the promise, this only spares the second press.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
});
window.addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("[aria-busy]")) button.removeAttribute("aria-busy");
});

// The composer comes when somebody begins to write, and not before. It is asked for once: of two import() of a module that is
// still under way the later one may be answered first, and what was pressed would happen in another order.
let composer = null;
async function wakeComposer(target) {
  const form = target?.closest?.("form[data-write]");
  if (!form) return;
  composer ??= import("./composer.js").catch((error) => { composer = null; throw error; });
  (await composer).wake(form, { enhance, announce });
}
for (const kind of ["focusin", "pointerdown", "dragenter"]) {
  document.addEventListener(kind, (event) => wakeComposer(event.target));
}
// A button of its bar that was pressed before it came is pressed again once it is there.
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-composer-bar] button");
  if (!button || "awake" in button.form.dataset) return;
  await wakeComposer(button);
  button.click();
});
// So are its keys: whoever sends with Control and Enter has sent, however late it comes.
const COMMANDS = ["Enter", "b", "i", "k", "e"];
document.addEventListener("keydown", async (event) => {
  if (!event.ctrlKey && !event.metaKey) return;
  if (event.defaultPrevented || event.repeat || event.isComposing || event.altKey || event.shiftKey || !COMMANDS.includes(event.key)) return;
  const text = event.target;
  if (!text.matches?.("form[data-write] [data-composer] textarea") || "awake" in text.form.dataset) return;
  event.preventDefault();
  await wakeComposer(text);
  text.dispatchEvent(new KeyboardEvent("keydown", event));
});

const similar = document.querySelector("[data-similar]");
if (similar) import("./similar.js").then((module) => module.fill(similar, enhance));

// Single keys (keys.js), for whoever has not switched them off. Never while somebody writes, never with a modifier.
const KEYS = "/?njkortghiqbduaxcpsmyzfewl";
let keys = null; // once, as the composer: "g", then "n" is something else than "n", then "g"
const withKeys = (does) => (keys ??= import("./keys.js").catch((error) => { keys = null; throw error; })).then(does);
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.key.length !== 1) return;
  if (!KEYS.includes(event.key) || isChosen("keys", "off")) return;
  if (event.target.closest?.("input, textarea, select, dialog, [contenteditable], [role='textbox']")) return;
  event.preventDefault(); // a key that leads to a field is not the first letter in it
  withKeys((module) => module.press(event.key, { tellTimes }, event.timeStamp));
});
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-keys]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  withKeys((module) => module.help({ tellTimes }));
});
// What is wrong with a post is said where one reads it.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.("[data-flag]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  import("./flag.js").then((flag) => flag.open(link, { enhance }));
});
const waiting = document.querySelector("[data-waiting]");
if (waiting) import("./waiting.js").then((module) => module.begin(waiting));
const choices = document.querySelector("[data-key-settings]");
if (choices) withKeys((module) => module.settings(choices, { tellTimes }));

// What is new is asked for long after the page has been drawn (live.js).
if (document.querySelector("[data-live], [data-inbox]")) {
  setTimeout(() => import("./live.js").then((live) => live.follow({ enhance, announce })), 5000);
}

// That a solution is read counts from the tenth second on; until then the page has other things to load (reading.js).
const reading = document.querySelector("[data-reading]");
if (reading) setTimeout(() => import("./reading.js").then((module) => module.begin(reading, { enhance, announce, toast })), 1000);

document.querySelector("[data-focus-first]")?.focus();
wakeComposer(document.activeElement);
wakeComposer(document.querySelector("form[data-unsaved]"));
document.addEventListener("htmx:load", (event) => enhance(event.target));
enhance();
setInterval(() => { if (!document.hidden) tellTimes(document); }, 60000);
