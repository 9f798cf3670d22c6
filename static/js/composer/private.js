// What may be private in the text is said while it is written: once for each piece, in a pause, and never again.
// What is private the server decides, by the same rule as when it is posted; without an answer nothing is missing.

import { replaceMark } from "./text.js";
import { withoutMarks } from "./files.js";

const PAUSE = 1_500;
const FRAGMENT = { "HX-Request": "true" };
// Nothing is asked for words alone: whatever may be private has one of these.
const WORTH_A_LOOK = /@|[0-9]{3}|[:=]/;

export function wakePrivate(composer) {
  const { form, page, text } = composer;
  const room = form.querySelector("[data-private]");
  if (!room) return;
  const title = form.querySelector("input[name=title]");
  const told = new Set();
  // What stood here before an edit is old; a draft that came back is not.
  const before = "before" in room.dataset ? `${title?.defaultValue ?? ""}\n${text.defaultValue}` : "";
  let timer = 0;
  let asked = "";

  const written = () => ({ title: title?.value ?? "", body: withoutMarks(composer, text.value) });

  function later() {
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE);
  }

  async function look() {
    const words = written();
    const all = `${words.title}\n${words.body}`;
    if (all === asked || !WORTH_A_LOOK.test(all) || room.querySelector("section")) return;
    asked = all;
    const data = new FormData();
    data.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "");
    data.set("before", before);
    data.set("board", new FormData(form).get("board") ?? "");
    data.set("thread", room.dataset.thread ?? "");
    for (const [name, value] of Object.entries(words)) data.set(name, value);
    try {
      const answer = await fetch(room.dataset.private, { method: "POST", body: data, headers: FRAGMENT });
      if (answer.status === 200) show(await answer.text());
    } catch {
      // When it is posted, the server asks.
    }
  }

  function show(html) {
    const made = new DOMParser().parseFromString(html, "text/html").body.firstElementChild;
    for (const piece of made.querySelectorAll("[data-digest]")) if (told.has(piece.dataset.digest)) piece.remove();
    const pieces = [...made.querySelectorAll("[data-digest]")];
    if (!pieces.length) return;
    for (const piece of pieces) told.add(piece.dataset.digest);
    room.replaceChildren(made);
    room.hidden = false;
    page.enhance(room);
    page.announce(made.querySelector("h2").textContent);
    made.addEventListener("click", (event) => {
      const button = event.target.closest("[data-way]");
      if (button) decide(button.dataset.way, pieces, made.dataset);
    });
  }

  function decide(way, pieces, words) {
    for (const piece of pieces) {
      if (way === "out") takeOut(piece.dataset, words.leftOut);
      else remember(way, piece.dataset.digest);
    }
    const line = document.createElement("p");
    line.className = "private-told";
    line.textContent = { out: words.taken, staff: words.toStaff, public: words.stays }[way];
    room.replaceChildren(line);
    page.announce(line.textContent);
    text.focus();
    later();
  }

  function takeOut({ where, text: piece }, leftOut) {
    if (where === "title") {
      title.value = title.value.replace(piece, leftOut);
      title.dispatchEvent(new Event("input", { bubbles: true }));
    } else {
      while (replaceMark(text, piece, leftOut));
    }
  }

  /** Said of this piece when the form is sent. */
  function remember(way, digest) {
    const said = document.createElement("input");
    Object.assign(said, { type: "hidden", name: "private", value: `${way}:${digest}` });
    form.append(said);
  }

  for (const field of [title, text]) {
    field?.addEventListener("input", later);
    field?.addEventListener("change", look);
  }
  if (WORTH_A_LOOK.test(text.value)) later();
}
