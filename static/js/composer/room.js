// The room for what is there already: beside the form on a desk, below the title on a phone. It moves nothing somebody
// is typing in, takes nothing away, and nobody has to pass through it. Which form it stands beside, its markup says
// (templates/community/suggesting/room.html); everything recorded goes with the form's own form_token.

import { withoutMarks } from "./files.js";
import { Pace } from "./pace.js";

// On a phone the list stands above what is written next: it is shorter there.
const NARROW = window.matchMedia("(max-width: 61.99rem)");
const MOST_ON_A_PHONE = "3";
const FRAGMENT = { "HX-Request": "true" };

export function wakeRoom(composer) {
  const room = composer.form.querySelector("[data-room]");
  if (room && composer.form.elements[room.dataset.title]) new Room(composer, room);
}

class Room {
  constructor(composer, room) {
    Object.assign(this, { composer, room });
    const { form, page } = composer;
    this.form = form;
    this.page = page;
    this.place = room.querySelector("[data-room-list]");
    this.title = form.elements[room.dataset.title];
    this.body = form.elements[room.dataset.body];
    this.opened = new Set();
    this.wasShown = this.isSent = this.isClosed = this.isSolved = false;
    this.waiting = null;
    this.pace = new Pace({
      title: this.title, body: this.body, look: (of) => this.look(of), mayLook: () => !this.isClosed && !this.isUsed(),
    });
    form.addEventListener("change", (event) => { if (event.target.name === room.dataset.board && this.pace.known.size) this.pace.anew(); });
    for (const kind of ["click", "auxclick"]) room.addEventListener(kind, (event) => this.pressed(event));
    for (const kind of ["focusout", "pointerleave"]) room.addEventListener(kind, () => setTimeout(() => this.showWaiting()));
    this.watchLeaving();
    this.tell("open", { board: new FormData(form).get(room.dataset.board) ?? "" });
    this.pace.anew();
    room.dataset.awake = "yes";
  }

  // Asking -----------------------------------------------------------------------------------------------------------

  fields(more) {
    const { form, room } = this;
    const data = new FormData();
    for (const name of ["csrfmiddlewaretoken", "form_token", "linked_from"]) {
      if (form.elements[name]) data.set(name, form.elements[name].value);
    }
    data.set("surface", room.dataset.surface);
    for (const [name, value] of Object.entries(more)) data.set(name, value);
    return data;
  }

  /** Something to be recorded and nothing to be shown; it arrives although the page goes away. */
  tell(what, more) {
    const data = this.fields(more);
    data.set("token", data.get("form_token") ?? "");
    fetch(this.room.dataset[what], { method: "POST", body: data, keepalive: true }).catch(() => {});
  }

  async look(of) {
    this.asking?.abort();
    this.waiting = null;
    if (of === null) return this.empty();
    const asking = this.asking = new AbortController();
    const body = this.body ? withoutMarks(this.composer, this.body.value) : "";
    const board = new FormData(this.form).get(this.room.dataset.board) ?? "";
    const words = { title: this.title.value, body, board, ...(NARROW.matches ? { most: MOST_ON_A_PHONE } : {}) };
    this.place.setAttribute("aria-busy", "true");
    try {
      const answer = await fetch(this.room.dataset.room, {
        method: "POST", body: this.fields(words), headers: FRAGMENT, redirect: "error", signal: asking.signal,
      });
      const html = answer.status === 200 ? await answer.text() : "";
      if (this.asking !== asking || this.isClosed) return;
      if (html.trim()) this.show(html);
      // What fits the title is not taken away by the details.
      else if (of === "title" && answer.status === 204) this.empty();
    } catch {
      // Nothing is missing: the room is an offer.
    } finally {
      if (this.asking === asking) this.place.removeAttribute("aria-busy");
    }
  }

  /** Whether somebody has their hands on what is shown: then it stays as it is. */
  isUsed() {
    return this.isSolved || this.room.contains(document.activeElement) || Boolean(this.place.querySelector("[aria-expanded=true], [data-told] > *"));
  }

  // Showing ----------------------------------------------------------------------------------------------------------

  show(html) {
    if (this.isUsed() || (this.room.matches(":hover") && this.place.children.length)) {
      this.waiting = html;
      return;
    }
    const list = document.createElement("template");
    list.innerHTML = html;
    const idsOf = (root) => [...root.querySelectorAll(".suggestion-title")].map((each) => each.id).join();
    this.wasShown = true;
    if (idsOf(list.content) === idsOf(this.place) && !this.room.hidden) return;
    const before = this.room.hidden ? "" : this.sentence();
    withoutMoving(() => {
      this.place.replaceChildren(list.content);
      this.place.scrollTop = 0;
      this.page.enhance(this.place);
      this.room.hidden = false;
    });
    if (this.sentence() !== before) this.page.announce(this.sentence());
  }

  /** What came while the list was in use is shown once it is not. */
  showWaiting() {
    if (!this.waiting || this.isClosed || this.isUsed() || this.room.matches(":hover")) return;
    const html = this.waiting;
    this.waiting = null;
    this.show(html);
  }

  sentence() {
    const issues = [...this.place.querySelectorAll("[data-issue]")].map((each) => each.dataset.words);
    if (issues.length && !this.place.querySelector("[data-suggestion]")) return issues.join(". ");
    return [...issues, this.alike()].join(". ");
  }

  alike() {
    const solved = this.place.querySelectorAll("[data-suggestion][data-solved]").length;
    return this.room.dataset.found.replace("{count}", String(this.place.querySelectorAll("[data-suggestion]").length)).replace("{solved}", String(solved));
  }

  empty() {
    if (this.isUsed()) return;
    withoutMoving(() => {
      this.room.hidden = true;
      this.place.replaceChildren();
    });
  }

  /** Nobody is asked again in this form. */
  close() {
    this.isClosed = true;
    this.asking?.abort();
    clearTimeout(this.pace.timer);
    withoutMoving(() => { this.room.hidden = true; });
    this.goOn();
  }

  /** To what the form still needs: the first field without an answer, or the button that sends it. */
  goOn() {
    const { form, body } = this;
    const boards = form.querySelectorAll(`[name="${this.room.dataset.board}"]`);
    const next = [
      !this.title.value.trim() && this.title,
      body && !body.value.trim() && body,
      boards.length && !new FormData(form).get(this.room.dataset.board) && boards[0],
      form.querySelector("button.button-primary[type=submit]"),
    ].find(Boolean);
    next?.focus();
  }

  // Saying -----------------------------------------------------------------------------------------------------------

  pressed(event) {
    const link = event.target.closest("a");
    const suggestion = event.target.closest("[data-suggestion]")?.dataset.suggestion;
    // The left button and the middle one open it; the right one only asks what could be done.
    if (link && suggestion && event.button < 2) return this.tellOpened(suggestion);
    if (event.type === "auxclick") return;
    if (event.target.closest("[data-room-leave]")) return this.close();
    const button = event.target.closest("button[data-do]");
    if (button) this.say(button, suggestion);
  }

  tellOpened(suggestion) {
    if (this.opened.has(suggestion)) return;
    this.opened.add(suggestion);
    this.tell("event", { kind: "opened", thread: suggestion });
  }

  addressOf(suggestion) {
    return this.room.dataset.say.replace("/0/", `/${suggestion}/`);
  }

  async say(button, suggestion) {
    if (button.getAttribute("aria-busy") === "true") return;
    const row = button.closest("[data-suggestion]");
    const did = button.dataset.do;
    if (did === "solution" && row.querySelector("[data-told] .suggestion-answer")) return this.fold(button, row);
    button.setAttribute("aria-busy", "true");
    row.querySelector(".field-error")?.remove();
    const stops = button.dataset.stops;
    try {
      const answer = await fetch(this.addressOf(suggestion), {
        method: "POST", body: this.fields({ did, ...(stops ? { stops } : {}) }), headers: FRAGMENT, redirect: "error",
      });
      const elsewhere = answer.headers.get("HX-Redirect");
      if (elsewhere) {
        await this.composer.keep?.();
        location.assign(elsewhere);
        return;
      }
      await this.told(button, row, did, stops, answer);
    } catch {
      this.refuse(row, this.room.dataset.failed);
    } finally {
      button.removeAttribute("aria-busy");
    }
  }

  async told(button, row, did, stops, answer) {
    const html = await answer.text();
    if (!answer.ok) {
      const said = new DOMParser().parseFromString(html, "text/html").body.textContent.trim();
      this.refuse(row, answer.status < 500 && said ? said : this.room.dataset.failed);
    } else if (did === "solved") {
      this.end(html, stops);
    } else if (did === "solution") {
      this.put(row, html);
      row.querySelector(".suggestion-answer")?.focus();
      button.setAttribute("aria-expanded", "true");
    } else {
      this.put(row, html).focus();
      row.classList.toggle("suggestion-not", did === "not_solved");
      row.querySelector("[data-do=solution]")?.setAttribute("aria-expanded", "false");
      if (did === "me_too") button.remove();
    }
  }

  /** Say something below a suggestion; returns what was said. */
  put(row, html) {
    const place = row.querySelector("[data-told]");
    place.innerHTML = html;
    place.hidden = false;
    this.page.enhance(place);
    return place.firstElementChild;
  }

  refuse(row, why) {
    row.querySelector(".field-error")?.remove();
    row.insertAdjacentHTML("beforeend", '<p class="field-error" role="alert"></p>');
    row.lastElementChild.textContent = why;
  }

  fold(button, row) {
    const open = button.getAttribute("aria-expanded") !== "true";
    button.setAttribute("aria-expanded", String(open));
    row.querySelector("[data-told]").hidden = !open;
  }

  /** It is solved: thanks, and the question whether that was all. What was written is kept meanwhile. */
  end(html, stops) {
    if (stops === "no") return this.close();
    this.isSolved = true;
    this.composer.keep?.();
    this.place.innerHTML = html;
    this.page.enhance(this.place);
    this.room.classList.add("is-solved");
    for (const part of this.room.querySelectorAll("[data-room-head], [data-room-leave]")) part.hidden = true;
    const kept = this.room.querySelector("[data-room-kept]");
    if (kept) kept.hidden = !(this.title.value.trim() || this.body?.value.trim());
    this.room.setAttribute("aria-labelledby", "solved-title");
    const heading = this.place.querySelector("h2");
    heading.id = "solved-title";
    heading.focus({ preventScroll: true });
    if (NARROW.matches) this.room.scrollIntoView({ block: "nearest", behavior: "smooth" });
  }

  // Leaving ----------------------------------------------------------------------------------------------------------

  watchLeaving() {
    const { form } = this;
    form.addEventListener("submit", (event) => {
      // A button that leads elsewhere (to the drafts, to staff) sends nothing.
      if (!event.defaultPrevented) this.isSent = !event.submitter?.hasAttribute("formaction");
    });
    window.addEventListener("pagehide", () => {
      if (!this.wasShown || this.isSent) return;
      this.tell("event", { kind: "left" });
    });
    // Whoever comes back by the browser's own memory is there again.
    window.addEventListener("pageshow", () => { this.isSent = false; });
  }
}

/** What somebody is writing in stays where it is on the screen, whatever opens or closes above it. */
function withoutMoving(change) {
  const still = document.activeElement;
  const before = still?.getBoundingClientRect().top;
  change();
  const moved = still?.getBoundingClientRect().top - before;
  if (moved) window.scrollBy({ top: moved, behavior: "instant" });
}
