// What is being written is kept on the server every few seconds, and nobody leaves unsaved words without being asked.

import { withoutMarks } from "./files.js";

const SAVE_AFTER = 3_000;
const LONGEST_PAUSE = 60_000;
// Browsers refuse to finish a larger request after the page is gone.
const MOST_KEPT_ALIVE = 60_000;
const NOT_WORDS = new Set(["csrfmiddlewaretoken", "draft_seen", "post_key", "form_token"]);

export function wakeDraft(composer) {
  const { form, place, page, words } = composer;
  const state = place.querySelector("[data-draft-state]");
  const seen = form.querySelector("[name=draft_seen]");
  const address = place.dataset.draftUrl;
  let sent = false;
  let timer = 0;
  let pause = SAVE_AFTER;
  let running = null;
  let isElsewhere = false;

  /** The form as it would be saved. */
  function written() {
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    data.set(composer.text.name, withoutMarks(composer, composer.text.value));
    return data;
  }

  function wordsOf(data) {
    return JSON.stringify([...data].filter(([name]) => !NOT_WORDS.has(name)));
  }

  // Quick fingers had begun before this script was there; so has whoever comes back by the browser's own memory, and what
  // the server sent back refused is kept nowhere else.
  let saved = wasTouched(form) || "unsaved" in form.dataset ? null : wordsOf(written());
  const isDirty = () => !sent && wordsOf(written()) !== saved;

  function later() {
    if (address && !isElsewhere) timer ||= setTimeout(() => save(), pause);
  }

  async function save({ beside = false } = {}) {
    clearTimeout(timer);
    timer = 0;
    if (!address || !isDirty() || (isElsewhere && !beside)) return;
    if (running) return later();
    const data = written();
    const now = wordsOf(data);
    if (beside) data.set("beside", "1");
    running = new AbortController();
    try {
      const answer = await fetch(address, {
        method: "POST", body: data, headers: { "HX-Request": "true" }, signal: running.signal, redirect: "error",
        keepalive: new Blob([now]).size < MOST_KEPT_ALIVE,
      });
      await told(answer, now);
    } catch {
      if (!sent) failed();
    } finally {
      running = null;
    }
  }

  async function told(answer, now) {
    if (answer.status === 409) return elsewhere(await answer.text());
    if (answer.status >= 500) throw new Error(String(answer.status));
    if (!answer.ok) {
      // Said again it would be refused again: what is wrong is told when it is sent.
      state.textContent = words.refused;
      return;
    }
    state.innerHTML = await answer.text();
    page.enhance(state);
    seen.value = state.querySelector("[data-seen]")?.dataset.seen ?? "";
    saved = now;
    pause = SAVE_AFTER;
    isElsewhere = false;
    if (isDirty()) later();
  }

  function failed() {
    if (state.textContent !== words.unsaved) page.announce(words.unsaved);
    state.textContent = words.unsaved;
    later();
    pause = Math.min(pause * 2, LONGEST_PAUSE);
  }

  /** Another window saved other words here: this one asks before it saves on. */
  function elsewhere(html) {
    isElsewhere = true;
    state.innerHTML = html;
    page.announce(state.querySelector("p, span")?.textContent ?? "");
    state.querySelector("[data-save-beside]").addEventListener("click", () => {
      composer.text.focus();
      save({ beside: true });
    });
  }

  // For whoever is about to lead elsewhere.
  composer.keep = () => save();
  form.addEventListener("input", () => { if (isDirty()) later(); });
  form.addEventListener("change", () => { if (isDirty()) later(); });
  if (isDirty()) later();
  form.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.submitter?.formTarget) return;
    // A draft that arrived after the post would bring the text back.
    sent = true;
    clearTimeout(timer);
    running?.abort();
  });
  document.addEventListener("submit", (event) => {
    if (event.submitter?.name === "discard") sent = true;
  });
  document.addEventListener("click", (event) => {
    // A link that says "leave without changing anything" has been asked already.
    if (event.target.closest("[data-leave]")) sent = true;
  });
  window.addEventListener("pageshow", () => { sent = false; });
  window.addEventListener("online", () => save());
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
  window.addEventListener("beforeunload", (event) => {
    if (isDirty() || composer.uploads) event.preventDefault();
  });
}

function wasTouched(form) {
  return [...form.elements].some((field) => {
    if (field.type === "hidden" || field.type === "file") return false;
    if (field.type === "checkbox" || field.type === "radio") return field.checked !== field.defaultChecked;
    return "defaultValue" in field && field.type !== "submit" && field.value !== field.defaultValue;
  });
}
