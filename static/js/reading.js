// That a solution was read is told once it has stood on the screen for as long as counts, and not before; the few who
// are drawn are asked two taps under it. Whoever asks, says what they came for, and how it went. Nothing moves what is
// above the question or has the focus, nothing takes the focus, and closing it is one press. Without this file nothing is
// counted.

import { still } from "./still.js";

const SECOND = 1000;
const MOST_EARLIER = 20;
const LATER = 30 * SECOND; // a server that told us to wait is not asked again before

let mark; // the element that says which thread this is, and where to tell
let page; // what site.js lends: enhance, announce, toast
let solution;

// What this tab remembers; where nothing may be stored, it remembers nothing.
function recall(name) {
  try {
    return JSON.parse(sessionStorage.getItem(`reading-${name}`));
  } catch {
    return null;
  }
}
function remember(name, value) {
  try {
    sessionStorage.setItem(`reading-${name}`, JSON.stringify(value));
  } catch {
    // Storage is blocked or full.
  }
}

/** Begin on a thread's page. `lent` holds enhance, announce and toast of site.js. */
export function begin(element, lent) {
  mark = element;
  page = lent;
  solution = document.querySelector(".post-solution");
  mark.dataset.awake = "";
  if (solution && "seen" in mark.dataset) watch();
  askTheAsker();
  document.addEventListener("thanked", (event) => {
    const joined = document.querySelector('.thread-join button[aria-pressed="true"]');
    if (!joined || !event.detail.address.endsWith("/helped/") || !("cameFor" in mark.dataset)) return;
    ask(mark.dataset.cameFor, { moment: "helped" }, event.detail.button.closest(".post"));
  });
}

// How long the solution stands on the screen ----------------------------------------------------------------------------

let stood = 0; // milliseconds, while the page was looked at
let since = null;
let inSight = false;
let dwell = recall("dwell") ?? 10; // seconds; the server says how many it takes
let timer;
let told = false;

function watch() {
  const steps = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
  new IntersectionObserver((entries) => {
    const entry = entries.at(-1);
    // Half of it, or as much as fills half of the window.
    const half = entry.rootBounds ? entry.rootBounds.height / 2 : Infinity;
    inSight = entry.isIntersecting && (entry.intersectionRatio >= 0.5 || entry.intersectionRect.height >= half);
    turn();
  }, { threshold: steps }).observe(solution);
  document.addEventListener("visibilitychange", () => {
    turn();
    if (document.hidden && recall("earlier")?.length) tell(0);
  });
  // Whoever lets it be counted now was reading already.
  document.addEventListener("counted", () => { if (told) tell(Math.floor(stood / SECOND)); });
}

function turn() {
  const looked = inSight && document.visibilityState === "visible";
  mark.toggleAttribute("data-looked", looked);
  if (looked && since === null) since = performance.now();
  if (!looked && since !== null) {
    stood += performance.now() - since;
    since = null;
  }
  clearTimeout(timer);
  if (looked && !told) timer = setTimeout(reach, Math.max(0, dwell * SECOND - stood - (performance.now() - since)));
}

function reach() {
  if (since === null || told) return;
  stood += performance.now() - since;
  since = performance.now();
  const seconds = Math.floor(stood / SECOND + 0.05); // a timer may come a moment early
  if (seconds < dwell) return turn();
  told = true;
  tell(seconds);
}

/** Tell of this page (0 seconds: not of it), and of those that could not be told when they were read. */
async function tell(seconds) {
  const earlier = recall("earlier") ?? [];
  remember("earlier", []);
  const body = new FormData();
  body.set("thread", mark.dataset.thread);
  body.set("stood", seconds);
  const now = Date.now();
  body.set("earlier", earlier.map((each) => `${each.thread}.${Math.min(Math.round((now - each.at) / SECOND), 86400)}`).join(" "));
  const here = seconds ? [{ thread: mark.dataset.thread, at: now }] : [];
  const keep = () => remember("earlier", [...earlier, ...here, ...(recall("earlier") ?? [])].slice(-MOST_EARLIER));
  let answer;
  try {
    answer = await fetch(mark.dataset.seen, { method: "POST", body, keepalive: true, headers: { "HX-Request": "true" } });
  } catch {
    return keep();
  }
  if (answer.status === 429 || answer.status >= 500) return keep();
  const takes = Number(answer.headers.get("Dwell"));
  if (takes) remember("dwell", dwell = takes);
  if (seconds && seconds < takes) {
    told = false;
    return turn();
  }
  if (answer.status !== 200) return;
  const words = await answer.text();
  if (!words.includes('data-asking="consent"')) show(words, solution);
  else if (!recall("consent")) {
    remember("consent", true);
    show(words, solution);
  }
}

// Short questions -------------------------------------------------------------------------------------------------------

/** Ask the server whether something may be asked here now, and show it under `place`; returns whether it is. */
async function ask(address, words, place) {
  const body = new FormData(document.getElementById("act"));
  for (const [name, value] of Object.entries(words)) body.set(name, value);
  try {
    const answer = await fetch(address, { method: "POST", body, headers: { "HX-Request": "true" } });
    if (answer.status !== 200) return false;
    show(await answer.text(), place);
    return true;
  } catch {
    return false;
  }
}

/** What they came for, right after they asked; else how it went, once it is solved. Never both. */
async function askTheAsker() {
  const { asked, cameFor, went } = mark.dataset;
  if (asked !== undefined && (await ask(cameFor, { moment: "asked" }, document.getElementById("question")))) return;
  const place = "here" in mark.dataset ? mark : solution;
  if (!went || !place || recall(went)) return;
  if (!(await ask(went, { offer: "1" }, place))) remember(went, true);
}

function show(words, place) {
  const holder = document.createElement("template");
  holder.innerHTML = words;
  const question = holder.content.querySelector("[data-asking]");
  if (!question || !place) return;
  const held = document.activeElement;
  const below = held && place.compareDocumentPosition(held) & Node.DOCUMENT_POSITION_FOLLOWING;
  still(below ? held : null, () => {
    place.after(question);
    page.enhance(question);
  });
  const asked = question.querySelector("legend, .asking-title, p");
  page.announce(asked.textContent.trim());
  wake(question);
  if (question.dataset.asking === "survey") whenSeen(question);
}

function wake(question) {
  question.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.hasAttribute("data-close")) putAway(question);
    if (button?.dataset.solved) second(question, button.dataset.solved);
  });
  question.addEventListener("submit", (event) => {
    if (question.dataset.asking === "consent") return; // consent.js
    event.preventDefault();
    send(question, event.target, event.submitter);
  });
}

function second(question, solved) {
  question.querySelector("input[name=solved]").value = solved;
  question.querySelector("[data-step='1']").hidden = true;
  const next = question.querySelector("[data-step='2']");
  next.hidden = false;
  next.querySelector("legend").focus({ preventScroll: true });
}

async function send(question, form, button) {
  if (question.getAttribute("aria-busy") === "true") return;
  question.setAttribute("aria-busy", "true");
  let answer = null;
  try {
    answer = await fetch(form.action, { method: "POST", body: new FormData(form, button), headers: { "HX-Request": "true" } });
  } catch {
    // No network: the button can be pressed again.
  }
  question.removeAttribute("aria-busy");
  if (!answer) return;
  const holder = document.createElement("template");
  holder.innerHTML = await answer.text();
  if (!answer.ok) return page.toast(holder.content.textContent.trim(), "danger");
  const next = holder.content.querySelector("[data-asking]");
  question.replaceWith(next);
  page.enhance(next);
  wake(next);
  next.querySelector("[data-focus]")?.focus({ preventScroll: true });
}

function putAway(question) {
  const held = question.contains(document.activeElement);
  question.remove();
  if (held) document.getElementById("main").focus({ preventScroll: true });
}

/** Whoever was asked is counted once the question has been on the screen for a second; a lost word is said again. */
function whenSeen(question) {
  let wait;
  const sight = new IntersectionObserver((entries) => {
    clearTimeout(wait);
    question.toggleAttribute("data-looked", entries.at(-1).isIntersecting);
    if (!entries.at(-1).isIntersecting) return;
    wait = setTimeout(() => {
      if (document.visibilityState !== "visible") return;
      sight.disconnect();
      tellShown(question, 3);
    }, SECOND);
  }, { threshold: 0.6 });
  sight.observe(question);
}

async function tellShown(question, tries) {
  const form = question.querySelector("form");
  const body = new FormData(form);
  body.set("did", "shown");
  let answer = null;
  try {
    answer = await fetch(form.action, { method: "POST", body, keepalive: true, headers: { "HX-Request": "true" } });
  } catch {
    // No network.
  }
  if (!answer?.ok && tries > 1) setTimeout(() => tellShown(question, tries - 1), LATER);
}
