// Where people write: toolbar, preview, and what the modules beside it add (files, drafts, names, paste, similar questions).
// Loaded when somebody first touches a form with data-write; every such form works without it.

import { wakeDraft } from "./composer/drafts.js";
import { wakeFiles, withoutMarks } from "./composer/files.js";
import { wakeMentions, wakeTags } from "./composer/names.js";
import { wakePaste } from "./composer/paste.js";
import { wakePrivate } from "./composer/private.js";
import { FORMATS, continueList } from "./composer/text.js";

const FRAGMENT = { "HX-Request": "true" };
const SHORTCUTS = { b: "bold", i: "italic", k: "link", e: "code" };
const isApple = /Mac|iPhone|iPad/.test(navigator.platform);

/** Bring one form to life. `page` holds the helpers of site.js: enhance and announce. */
export function wake(form, page) {
  if (form.dataset.awake) return;
  form.dataset.awake = "yes";
  const place = form.querySelector("[data-composer]");
  if (!place) return;
  const words = form.querySelector("[data-words]")?.dataset ?? {};
  const composer = { form, place, page, words, text: place.querySelector("textarea") };
  // Names come before keys: an open list takes Enter and Tab for itself.
  wakeMentions(composer);
  wakeTags(composer);
  wakeToolbar(composer);
  wakeKeys(composer);
  wakePreview(composer);
  wakeFiles(composer);
  wakePaste(composer);
  wakeDraft(composer);
  wakeCounts(composer);
  wakePrivate(composer);
  wakeBoardPart(composer);
  // Without a connection it does not come, and nothing is missing: the room is an offer.
  if (form.querySelector("[data-room]")) import("./composer/room.js").then((room) => room.wakeRoom(composer), () => {});
  wakeHeight(composer);
}

// Toolbar and keys -----------------------------------------------------------------------------------------------------

/** One stop for the Tab key; arrow keys, Home and End move inside, as in every toolbar. */
function wakeToolbar({ place, text, words }) {
  const bar = place.querySelector("[data-composer-bar]");
  const buttons = [...bar.querySelectorAll("button")];
  const reachable = () => buttons.filter((button) => !button.disabled && button.getClientRects().length);
  const stop = (chosen) => { for (const button of buttons) button.tabIndex = button === chosen ? 0 : -1; };
  const more = bar.querySelector("[data-more]");
  stop(reachable()[0]);
  for (const button of buttons) {
    const letter = Object.keys(SHORTCUTS).find((key) => SHORTCUTS[key] === button.dataset.format);
    if (letter) button.title += isApple ? ` (⌘${letter.toUpperCase()})` : ` (${words.control}+${letter.toUpperCase()})`;
  }
  bar.addEventListener("focusin", (event) => stop(event.target.closest("button")));
  bar.addEventListener("keydown", (event) => {
    const all = reachable();
    const at = all.indexOf(document.activeElement);
    const onwards = getComputedStyle(bar).direction === "rtl" ? -1 : 1;
    const next = {
      ArrowRight: at + onwards, ArrowLeft: at - onwards, Home: 0, End: all.length - 1,
    }[event.key];
    if (next === undefined || at === -1) return;
    event.preventDefault();
    all[(next + all.length) % all.length].focus();
  });
  bar.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.format) FORMATS[button.dataset.format]?.(text);
    if (button && button === more) more.setAttribute("aria-expanded", String(bar.toggleAttribute("data-open")));
  });
}

function wakeKeys({ form, text }) {
  text.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.altKey || event.shiftKey) return;
    const isCommand = event.ctrlKey || event.metaKey;
    if (event.key === "Enter" && !isCommand) {
      if (continueList(text)) event.preventDefault();
    } else if (event.key === "Enter") {
      event.preventDefault();
      // A key held down sends once.
      if (!event.repeat) form.requestSubmit(form.querySelector("button.button-primary[type=submit]"));
    } else if (isCommand && SHORTCUTS[event.key]) {
      event.preventDefault();
      FORMATS[SHORTCUTS[event.key]](text);
    }
  });
  const title = form.querySelector("input[name=title]");
  title?.addEventListener("keydown", (event) => {
    // Whoever ends the title with Enter goes on to the details; nothing is sent half written.
    if (event.key !== "Enter" || event.isComposing || event.ctrlKey || event.metaKey || text.value.trim()) return;
    event.preventDefault();
    text.focus();
  });
}

// Preview --------------------------------------------------------------------------------------------------------------

function wakePreview(composer) {
  const { form, place, text, page, words } = composer;
  const button = place.querySelector("[data-preview]");
  const shown = place.querySelector("[data-composer-preview]");
  if (!button || !place.dataset.previewUrl) return;
  const others = [...place.querySelectorAll("[data-composer-bar] button")].filter((each) => each !== button);
  let asking = null;
  button.addEventListener("click", async () => {
    const open = button.getAttribute("aria-pressed") !== "true";
    asking?.abort();
    button.setAttribute("aria-pressed", String(open));
    for (const each of others) each.disabled = open;
    shown.hidden = !open;
    // The text keeps its place below the preview, unseen: nothing moves.
    place.classList.toggle("is-previewing", open);
    if (!open) return text.focus();
    shown.setAttribute("aria-busy", "true");
    asking = new AbortController();
    const data = new FormData();
    data.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "");
    data.set("body", withoutMarks(composer, text.value));
    try {
      const answer = await fetch(place.dataset.previewUrl, { method: "POST", body: data, headers: FRAGMENT, signal: asking.signal });
      shown.innerHTML = await answer.text();
    } catch (error) {
      if (error.name === "AbortError") return;
      shown.textContent = words.offline ?? "";
    }
    shown.removeAttribute("aria-busy");
    page.enhance(shown);
    page.announce(button.textContent.trim());
  });
}

// Height, counts, and what depends on the board ------------------------------------------------------------------------

/** The field grows with the text; where CSS cannot do it, by hand. */
function wakeHeight({ text }) {
  if (CSS.supports("field-sizing", "content")) return;
  const grow = () => {
    text.style.blockSize = "auto";
    text.style.blockSize = `${Math.min(text.scrollHeight + 2, window.innerHeight * 0.7)}px`;
  };
  text.addEventListener("input", grow);
  if (text.value) grow();
}

function wakeCounts({ form, page, words }) {
  for (const field of form.querySelectorAll("[data-most]:not([data-counted])")) {
    field.dataset.counted = "yes";
    const most = Number(field.dataset.most);
    // What the server refused stays refused until it is changed.
    const refused = field.getAttribute("aria-invalid") === "true";
    const count = document.createElement("span");
    count.className = "field-count";
    let wasOver = false;
    const tell = () => {
      const left = most - [...field.value].length;
      count.hidden = left > Math.min(most / 5, 1000);
      count.classList.toggle("is-over", left < 0);
      count.textContent = (left < 0 ? words.tooMany : words.left).replace("{count}", Math.abs(left).toLocaleString(document.documentElement.lang || undefined));
      field.setAttribute("aria-invalid", String(left < 0 || (refused && field.value === field.defaultValue)));
      if (left < 0 && !wasOver) page.announce(count.textContent);
      wasOver = left < 0;
    };
    (field.closest("[data-composer]")?.querySelector(".composer-foot") ?? field.closest(".field") ?? field.parentElement).append(count);
    field.addEventListener("input", tell);
    tell();
  }
}

function wakeBoardPart(composer) {
  const { form, page } = composer;
  const part = form.querySelector("[data-board-part]");
  if (!part) return;
  // What the page came with: whoever was quick has chosen another one before this was awake.
  let shown = form.querySelector("[name=board][checked], select[name=board] option[selected]")?.value ?? "";
  async function change() {
    const data = new FormData(form);
    const board = data.get("board") ?? "";
    if (board === shown) return;
    shown = board;
    const address = new URL(part.dataset.boardPart, location.href);
    for (const name of ["board", "product_version"]) address.searchParams.set(name, data.get(name) ?? "");
    address.searchParams.set("tags", data.getAll("tags").join(", "));
    try {
      const answer = await fetch(address, { headers: FRAGMENT });
      if (!answer.ok || shown !== board) return;
      const typed = new Map([...part.querySelectorAll("input:not([type=checkbox])")].map((field) => [field.name, field.value]));
      part.innerHTML = await answer.text();
      for (const field of part.querySelectorAll("input:not([type=checkbox])")) field.value ||= typed.get(field.name) ?? "";
      page.enhance(part);
      // A board with tags of its own wants one chosen: they are not folded away.
      if (part.querySelector("[type=checkbox]")) part.closest("details")?.setAttribute("open", "");
      wakeTags(composer);
      wakeCounts(composer);
    } catch {
      // The form works as it is; the server tells what does not fit.
    }
  }
  form.addEventListener("change", (event) => { if (event.target.name === "board") change(); });
  change();
}
