// A page that stays open learns what is new: answers on a thread's page, and the number on the inbox's bell. One question
// every twenty seconds at most, none while nobody looks. Nothing that is being read or written moves.

import { still } from "./still.js";

const SECOND = 1000;
const EVERY = 20 * SECOND;
const QUIET = 60 * SECOND; // so slow it becomes where nothing happens
const MOST = 600 * SECOND; // and so slow where nothing is answered
const ASLEEP = 30 * 60 * SECOND; // nobody has touched the page for this long

const bell = document.querySelector("[data-inbox]");
const answers = document.querySelector("#answers[data-live]");
const title = document.title;

let page; // what site.js lends: enhance, announce
let etag = answers?.dataset.etag ?? "";
let since; // of answers shown here meanwhile
let seen = readSeen(answers?.dataset.seen ?? "");
let wait = EVERY;
let timer;
let asked = Date.now();
let touched = Date.now();
let stopped = false;

/** Begin to ask. `lent` holds enhance and announce of site.js. Without a bell or a thread there is nothing to ask. */
export function follow(lent) {
  if (page || !(bell || answers)) return;
  page = lent;
  (answers ?? bell).dataset.awake = "";
  const badge = bell?.querySelector("[data-unread]");
  if (badge) tellTitle(Number(badge.dataset.unread));
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : wake()));
  window.addEventListener("pageshow", (event) => { if (event.persisted) wake(); });
  window.addEventListener("online", wake);
  for (const sign of ["pointerdown", "keydown", "scroll", "focus"]) {
    window.addEventListener(sign, () => {
      const slept = Date.now() - touched > ASLEEP;
      touched = Date.now();
      if (slept) wake();
    }, { passive: true });
  }
  later(EVERY);
}

function wake() {
  touched = Date.now();
  wait = EVERY;
  later(Math.max(SECOND, asked + EVERY - Date.now()));
}

// A little early or late, so that a thousand pages opened by one mail do not ask in one second.
function later(time) {
  clearTimeout(timer);
  if (!stopped && !document.hidden) timer = setTimeout(ask, time * (0.9 + Math.random() * 0.2));
}

async function ask() {
  if (document.hidden || Date.now() - touched > ASLEEP) return;
  asked = Date.now();
  const address = new URL(answers ? answers.dataset.live : bell.dataset.inbox, location.href);
  if (since) address.searchParams.set("since", since);
  let answer;
  try {
    answer = await fetch(address, { headers: etag ? { "If-None-Match": etag } : {}, redirect: "error", cache: "no-store" });
  } catch {
    wait = Math.min(wait * 2, MOST);
    later(wait);
    return;
  }
  if (answer.status === 200) {
    etag = answer.headers.get("ETag") ?? "";
    const arrived = new DOMParser().parseFromString(await answer.text(), "text/html");
    tellUnread(arrived.querySelector("[data-unread]"));
    if (answers) tellNews(arrived.querySelector("[data-since]"));
    wait = EVERY;
  } else if (answer.status === 304) {
    wait = Math.min(wait * 1.1, QUIET);
  } else if (answer.status === 429 || answer.status >= 500) {
    const named = Number(answer.headers.get("Retry-After")) * SECOND;
    wait = Math.min(Math.max(wait * 2, named || 0), MOST);
  } else {
    stopped = true; // signed out, or the thread is gone: the next page will say so
  }
  later(wait);
}

// The inbox ---------------------------------------------------------------------------------------------------------

function tellTitle(count) {
  document.title = count ? `(${count}) ${title}` : title;
}

function tellUnread(badge) {
  const old = bell?.querySelector("[data-unread]");
  if (!badge || !old || badge.dataset.unread === old.dataset.unread) return;
  const more = Number(badge.dataset.unread) > Number(old.dataset.unread);
  old.replaceWith(document.importNode(badge, true));
  tellTitle(Number(badge.dataset.unread));
  if (more) page.announce(`${bell.querySelector(".visually-hidden").textContent}: ${badge.querySelector(".visually-hidden").textContent}`);
}

// The thread --------------------------------------------------------------------------------------------------------

function readSeen(word) {
  return new Map(word.split(" ").filter(Boolean).map((each) => each.split(".")));
}

function elementOf(position) {
  return document.getElementById(position === "0" ? "question" : `a${position}`);
}

/** Change something without moving what is being read: the first post in sight stays. */
function unmoved(change) {
  const posts = [...document.querySelectorAll("#main .post, #main .event, #main .composer")];
  still(posts.find((post) => post.getBoundingClientRect().bottom > 0), change);
}

function tellNews(news) {
  const part = (name) => news.querySelector(`[data-part="${name}"]`);
  const now = readSeen(news.dataset.seen);
  const edited = [...seen].some(([position, version]) => now.has(position) && now.get(position) !== version && elementOf(position));
  const gone = [...seen.keys()].filter((position) => !now.has(position) && elementOf(position));
  const standing = tellStanding(part("badges"), part("standing"));
  for (const position of gone) takeAway(elementOf(position), part("gone"));
  const offered = [];
  const arrived = part("new");
  if (standing && part("solution")) offered.push(standing, part("solution"));
  else if (standing && !arrived) offered.push(standing);
  if (arrived) offered.push(arrived);
  if (edited || bar?.querySelector('[data-part="edited"]')) offered.push(part("edited"));
  const fresh = [...part("answers").children].filter((post) => !document.getElementById(post.id));
  // What comes after the foot of the window moves nothing; what would be seen to push waits to be asked for.
  const last = document.getElementById("answers-end").previousElementSibling;
  const shown = fresh.length > 0 && last.getBoundingClientRect().bottom > window.innerHeight;
  if (shown) put(fresh, news, part("count"));
  // What is only offered counts as not seen: the next answer from the server brings it again.
  seen = new Map([...now].filter(([position]) => elementOf(position) || !fresh.some((post) => post.id === `a${position}`)));
  offer(offered, part("close"), (pressed) => {
    if (pressed === "edited") location.reload();
    if (pressed !== "new") return;
    if (!shown) put(fresh, news, part("count"));
    goTo(fresh[0]);
  });
  if (shown) watchFor(fresh[0]);
}

/** New answers at the end of the page, brought to life. */
function put(posts, news, count) {
  unmoved(() => {
    for (const none of answers.querySelectorAll("[data-no-answers]")) none.remove();
    document.getElementById("answers-end").before(...posts.map((post) => document.adoptNode(post)));
    document.getElementById("answers-title").textContent = count.textContent;
  });
  page.enhance(answers);
  since = news.dataset.since;
  for (const [position, version] of readSeen(news.dataset.seen)) seen.set(position, version);
}

function goTo(post) {
  post.tabIndex = -1;
  post.focus();
}

function heightOf(element) {
  return element.getBoundingClientRect().height;
}

// The place of what is gone stays as high as it was where it can be seen, so that nothing below it jumps.
function takeAway(post, words) {
  unmoved(() => {
    if (post.getBoundingClientRect().top < window.innerHeight) post.style.minBlockSize = `${heightOf(post)}px`;
    post.replaceChildren(words.cloneNode(true));
  });
}

/** Put the new status in place of the old one; returns a line that tells of it, null where it is the same. */
function tellStanding(badges, standing) {
  const head = document.querySelector(".thread-head");
  const old = head.querySelector("[data-standing]");
  if (!standing.textContent || words(old) === words(standing)) return null;
  const told = standing.cloneNode(true);
  unmoved(() => {
    const before = heightOf(head);
    head.querySelector("[data-badges]").replaceChildren(...badges.cloneNode(true).childNodes);
    if (old) old.replaceChildren(...standing.childNodes);
    page.enhance(head);
    // Never lower than it was, and higher by whole pixels: a page cannot be scrolled by parts of one.
    head.style.minBlockSize = `${before + Math.max(0, Math.ceil(heightOf(head) - before))}px`;
  });
  return told;
}

// The sentence, times left out: the page has made them relative meanwhile.
function words(element) {
  const copy = element?.cloneNode(true);
  for (const time of copy?.querySelectorAll("time") ?? []) time.textContent = time.dateTime;
  return copy?.textContent ?? "";
}

// What is new is offered at the foot of the window, above the page and never in its way.
let bar = null;
let watcher = null;

function offer(parts, close, press) {
  if (!parts.length) return;
  bar?.remove();
  bar = document.createElement("div");
  bar.className = "news";
  bar.append(...parts.map((part) => document.adoptNode(part)), document.adoptNode(close));
  let back = null;
  bar.addEventListener("focusin", (event) => {
    if (event.relatedTarget && !bar?.contains(event.relatedTarget)) back = event.relatedTarget;
  });
  bar.addEventListener("click", (event) => {
    const pressed = event.target.closest("[data-part]");
    if (!pressed?.matches("a, button")) return;
    if (pressed.dataset.part === "close") (back?.isConnected ? back : document.getElementById("main")).focus({ preventScroll: true });
    else if (pressed.matches("button")) press(pressed.dataset.part);
    putAway();
  });
  answers.append(bar);
  page.enhance(bar);
  page.announce(parts.map((part) => part.textContent.trim()).join(". "));
}

function putAway() {
  bar?.remove();
  bar = null;
  watcher?.disconnect();
}

/** Whoever has read on to the new answers need not be told of them. */
function watchFor(post) {
  watcher?.disconnect();
  watcher = new IntersectionObserver((entries) => { if (entries.some((entry) => entry.isIntersecting)) putAway(); });
  watcher.observe(post);
}
