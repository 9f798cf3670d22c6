// The desk while it is open: what is new, who else is here, the seconds in which a reply can be taken back, and words put
// into a reply. Every task works without it. It comes with its pages: whoever works here presses keys as soon as they stand there.

import * as ticketPage from "./desk_ticket.js";
import { announce, enhance, toast } from "./site.js";

const SECOND = 1000;
const EVERY = 6 * SECOND;
const QUIET = 30 * SECOND; // so slow it becomes where nothing happens
const MOST = 300 * SECOND; // and so slow where nothing is answered
const LOOK = 20 * SECOND; // how often one says that one looks
const ASLEEP = 20 * 60 * SECOND;

let root;
let etag;
let wait = EVERY;
let timer;
let touched = Date.now();
let stopped = false;

/** Begin on the page of a list or of a ticket. */
function begin(place) {
  root = place;
  etag = place.dataset.etag ?? "";
  countDown();
  atOnce();
  wakeText();
  for (const sign of ["pointerdown", "keydown"]) window.addEventListener(sign, () => { touched = Date.now(); }, { passive: true });
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : soon()));
  window.addEventListener("online", soon);
  if (place.dataset.look) look();
  if (place.dataset.ticketPage) ticketPage.begin(place, { announce, enhance, toast });
  else countTicked();
  later(EVERY);
}

function soon() {
  touched = Date.now();
  wait = EVERY;
  later(SECOND);
}

function later(time) {
  clearTimeout(timer);
  if (!stopped && !document.hidden) timer = setTimeout(ask, time * (0.9 + Math.random() * 0.2));
}

async function ask() {
  if (document.hidden) return;
  if (Date.now() - touched > ASLEEP) return later(QUIET);
  let answer;
  try {
    answer = await fetch(new URL(root.dataset.ticketPage ?? root.dataset.desk, location.href), {
      headers: etag ? { "If-None-Match": etag } : {}, redirect: "error", cache: "no-store",
    });
  } catch {
    wait = Math.min(wait * 2, MOST);
    return later(wait);
  }
  if (answer.status === 200) {
    etag = answer.headers.get("ETag") ?? "";
    const arrived = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (root.dataset.ticketPage) ticketPage.tell(arrived);
    else tellLists(arrived);
    wait = EVERY;
  } else if (answer.status === 304) {
    wait = Math.min(wait * 1.2, QUIET);
  } else if (answer.status === 429 || answer.status >= 500) {
    wait = Math.min(Math.max(wait * 2, (Number(answer.headers.get("Retry-After")) || 0) * SECOND), MOST);
  } else {
    stopped = true; // signed out, or out of sight: the next page will say so
  }
  return later(wait);
}

// Who else is here -----------------------------------------------------------------------------------------------------

let typedAt = 0;
let looking = 0;

/** Say that one looks, at once when one begins to write. */
async function look() {
  clearTimeout(looking);
  if (!document.hidden && Date.now() - touched < ASLEEP) {
    const said = new URLSearchParams({ types: Date.now() - typedAt < LOOK / 2 ? "1" : "0" });
    const token = document.querySelector("main [name=csrfmiddlewaretoken], [name=csrfmiddlewaretoken]")?.value ?? "";
    try {
      const answer = await fetch(root.dataset.look, { method: "POST", body: said, headers: { "X-CSRFToken": token } });
      if (answer.status === 404 || answer.status === 403) return;
    } catch {
      // Without a connection nobody is told; the next time says it.
    }
  }
  looking = setTimeout(look, LOOK);
}

document.addEventListener("input", (event) => {
  if (!root?.dataset.look || !event.target.closest("[data-box=reply]")) return;
  const began = Date.now() - typedAt > LOOK / 2;
  typedAt = Date.now();
  if (began) look();
});

// Undo -----------------------------------------------------------------------------------------------------------------

/** The seconds that are left; then the bar has had its time, and the page learns what left. */
function countDown() {
  for (const bar of document.querySelectorAll("[data-leaves]")) {
    const told = bar.querySelector("[data-left]");
    // By this machine's clock from when the page came: clocks differ, ten seconds do not.
    const ends = Date.now() + Math.min(Math.max(new Date(bar.dataset.leaves) - Date.now(), 0), 10 * SECOND);
    const tick = () => {
      const left = Math.ceil((ends - Date.now()) / SECOND);
      if (left <= 0) {
        bar.remove();
        for (const each of document.querySelectorAll(".said-leaving")) each.remove();
        setTimeout(soon, 2 * SECOND);
        return;
      }
      told.textContent = told.dataset.words.replace("{seconds}", left);
      setTimeout(tick, SECOND / 4);
    };
    tick();
  }
}

// Choices that need no button -------------------------------------------------------------------------------------------

function atOnce() {
  for (const form of document.querySelectorAll("form[data-at-once]")) {
    const field = form.querySelector("select");
    // Arrow keys try values out; what was chosen is sent when the field is left or Enter is pressed.
    let keyed = false;
    field.addEventListener("keydown", (event) => {
      keyed = event.key.startsWith("Arrow") || event.key.length === 1;
      if (event.key === "Enter") form.requestSubmit();
    });
    field.addEventListener("pointerdown", () => { keyed = false; });
    field.addEventListener("change", () => { if (!keyed) form.requestSubmit(); });
    field.addEventListener("blur", () => {
      if (keyed && !field.selectedOptions[0]?.defaultSelected) form.requestSubmit();
    });
  }
}

/** Escape leads out of a text; what was written stays. */
function wakeText() {
  root.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || event.defaultPrevented || !event.target.matches("textarea, input, select")) return;
    const place = event.target.closest("details[data-box]")?.querySelector("summary") ?? document.getElementById("main");
    place.focus({ preventScroll: true });
  });
}

// The list -------------------------------------------------------------------------------------------------------------

/** New counts stand in place at once; new rows wait to be asked for, so that nothing moves under one's hand. */
function tellLists(arrived) {
  for (const link of arrived.querySelectorAll("[data-list]")) {
    const old = root.querySelector(`[data-list="${link.dataset.list}"] .desk-count`);
    const now = link.querySelector(".desk-count").textContent;
    if (old && old.textContent !== now) old.textContent = now;
  }
  if (document.querySelector(".news")) return;
  const bar = document.createElement("div");
  bar.className = "news";
  const main = document.getElementById("main");
  bar.append(...[...arrived.querySelectorAll("[data-part]")].map((part) => document.adoptNode(part)));
  bar.addEventListener("click", (event) => {
    const pressed = event.target.closest("a, [data-part=close]");
    if (pressed?.matches("a")) { event.preventDefault(); location.reload(); }
    if (pressed?.matches("[data-part=close]")) bar.remove();
  });
  main.append(bar);
  announce(bar.querySelector("p").firstChild.textContent);
}

function countTicked() {
  const line = root.querySelector("[data-several]");
  if (!line) return;
  const tell = () => {
    const many = root.querySelectorAll(".ticket-tick:checked").length;
    if (many) line.textContent = many === 1 ? line.dataset.one : line.dataset.many.replace("{count}", many);
  };
  root.addEventListener("change", (event) => { if (event.target.matches(".ticket-tick")) tell(); });
  tell();
}

const place = document.querySelector("[data-desk], [data-ticket-page]");
if (place) begin(place);
