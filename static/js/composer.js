// Where people write: toolbar, preview, files by paste and drop, drafts kept on the server, a guard against leaving.
// Loaded when somebody first touches a form with data-write; every such form works without it.

const AUTOSAVE_SECONDS = 5;
const FRAGMENT = { "HX-Request": "true" };
const woken = new WeakSet();

/** Bring one form to life. `page` holds the helpers of site.js: enhance and announce. */
export function wake(form, page) {
  if (woken.has(form)) return;
  woken.add(form);
  const place = form.querySelector("[data-composer]");
  if (!place) return;
  const composer = {
    form,
    place,
    page,
    text: place.querySelector("textarea"),
    words: form.querySelector("[data-words]")?.dataset ?? {},
    uploads: 0,
  };
  wakeToolbar(composer);
  wakePreview(composer);
  wakeFiles(composer);
  wakeDraft(composer);
  wakeCounts(composer);
  wakeBoardPart(composer);
}

// Text -----------------------------------------------------------------------------------------------------------------

/** Replace the selection; through the editing command, so that undo knows of it. */
function insert(text, words) {
  text.focus();
  if (!document.execCommand("insertText", false, words)) {
    text.setRangeText(words, text.selectionStart, text.selectionEnd, "end");
    text.dispatchEvent(new Event("input", { bubbles: true }));
  }
}

/** A line of its own below the caret's, with the caret after it. */
function insertBelow(text, words) {
  const found = text.value.indexOf("\n", text.selectionEnd);
  const end = found === -1 ? text.value.length : found;
  text.setSelectionRange(end, end);
  const isFirst = end === 0 || text.value[end - 1] === "\n";
  insert(text, `${isFirst ? "" : "\n\n"}${words}\n`);
}

function selected(text) {
  return text.value.slice(text.selectionStart, text.selectionEnd);
}

/** Marks around the selection; pressed again on what is marked, they go. */
function surround(text, before, after = before) {
  const words = selected(text);
  if (words.startsWith(before) && words.endsWith(after) && words.length >= before.length + after.length) {
    return insert(text, words.slice(before.length, words.length - after.length));
  }
  const from = text.selectionStart;
  insert(text, before + words + after);
  text.setSelectionRange(from + before.length, from + before.length + words.length);
}

/** A mark before every line of the selection, widened to whole lines. */
function prefix(text, mark) {
  const from = text.value.lastIndexOf("\n", text.selectionStart - 1) + 1;
  const found = text.value.indexOf("\n", text.selectionEnd);
  text.setSelectionRange(from, found === -1 ? text.value.length : found);
  const lines = selected(text).split("\n");
  insert(text, lines.map((line, at) => mark(at) + line).join("\n"));
}

const FORMATS = {
  bold: (text) => surround(text, "**"),
  italic: (text) => surround(text, "*"),
  code: (text) => (selected(text).includes("\n") ? surround(text, "```\n", "\n```") : surround(text, "`")),
  quote: (text) => prefix(text, () => "> "),
  list: (text) => prefix(text, () => "- "),
  "list-ordered": (text) => prefix(text, (at) => `${at + 1}. `),
  link: (text) => {
    const words = selected(text);
    const from = text.selectionStart;
    const isAddress = /^https?:\/\/\S+$/.test(words);
    insert(text, isAddress ? `[](${words})` : `[${words}](https://)`);
    if (isAddress) text.setSelectionRange(from + 1, from + 1);
    else text.setSelectionRange(from + words.length + 3, from + words.length + 11);
  },
};
const SHORTCUTS = { b: "bold", i: "italic", k: "link", e: "code" };

function wakeToolbar({ form, place, text }) {
  place.querySelector("[data-composer-bar]").hidden = false;
  place.addEventListener("click", (event) => {
    const button = event.target.closest("[data-format]");
    if (button) FORMATS[button.dataset.format]?.(text);
  });
  text.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
    if (event.key === "Enter") {
      event.preventDefault();
      form.requestSubmit(form.querySelector("button.button-primary[type=submit]"));
    } else if (SHORTCUTS[event.key]) {
      event.preventDefault();
      FORMATS[SHORTCUTS[event.key]](text);
    }
  });
}

// Preview --------------------------------------------------------------------------------------------------------------

function tokenOf(form) {
  return form.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "";
}

function wakePreview({ form, place, text, page, words }) {
  const button = place.querySelector("[data-preview]");
  const shown = place.querySelector("[data-composer-preview]");
  if (!button || !place.dataset.previewUrl) return;
  button.addEventListener("click", async () => {
    const open = button.getAttribute("aria-pressed") !== "true";
    button.setAttribute("aria-pressed", String(open));
    shown.hidden = !open;
    text.hidden = open;
    if (!open) return text.focus();
    const data = new FormData();
    data.set("csrfmiddlewaretoken", tokenOf(form));
    data.set("body", text.value);
    try {
      const answer = await fetch(place.dataset.previewUrl, { method: "POST", body: data, headers: FRAGMENT });
      shown.innerHTML = await answer.text();
    } catch {
      shown.textContent = words.offline ?? "";
    }
    page.enhance(shown);
    page.announce(button.textContent.trim());
  });
}

// Files ----------------------------------------------------------------------------------------------------------------

function wakeFiles(composer) {
  const { form, place, text } = composer;
  const button = place.querySelector("[data-attach]");
  if (!button || !place.dataset.uploadUrl) return;
  const chooser = document.createElement("input");
  chooser.type = "file";
  chooser.multiple = true;
  chooser.hidden = true;
  form.append(chooser);
  button.addEventListener("click", () => chooser.click());
  chooser.addEventListener("change", () => {
    for (const file of chooser.files) upload(composer, file);
    chooser.value = "";
  });
  text.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    // Office programs paste a picture of the text beside the text: the text is what was meant.
    if (!files.length || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    for (const file of files) upload(composer, file);
  });
  for (const kind of ["dragenter", "dragover"]) {
    place.addEventListener(kind, (event) => {
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      place.classList.add("composer-drop");
    });
  }
  place.addEventListener("dragleave", (event) => {
    if (!place.contains(event.relatedTarget)) place.classList.remove("composer-drop");
  });
  place.addEventListener("drop", (event) => {
    place.classList.remove("composer-drop");
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    for (const file of event.dataTransfer.files) upload(composer, file);
  });
}

function rowFor(place, file) {
  const list = place.querySelector("[data-attachments]");
  const row = document.createElement("li");
  const name = document.createElement("span");
  name.className = "file-name";
  name.textContent = file.name;
  const bar = document.createElement("progress");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", file.name);
  row.append(name, bar);
  list.append(row);
  list.hidden = false;
  return { row, bar };
}

/** Send one file; its Markdown goes where the caret stands once it is there. */
function upload(composer, file) {
  const { form, place, text, page, words } = composer;
  const { row, bar } = rowFor(place, file);
  const data = new FormData();
  data.set("csrfmiddlewaretoken", tokenOf(form));
  data.set("file", file, file.name);
  // fetch tells nobody how far an upload is.
  const request = new XMLHttpRequest();
  request.open("POST", place.dataset.uploadUrl);
  request.setRequestHeader("Accept", "application/json");
  request.responseType = "json";
  request.upload.addEventListener("progress", (event) => {
    if (event.lengthComputable) bar.value = event.loaded / event.total;
  });
  composer.uploads += 1;
  request.addEventListener("loadend", () => {
    composer.uploads -= 1;
    bar.remove();
    const said = request.response ?? {};
    const list = row.parentElement;
    if (request.status === 201) {
      insertBelow(text, said.markdown);
      row.remove();
      page.announce(`${said.name}: ${words.uploaded ?? ""}`);
    } else {
      const wrong = document.createElement("span");
      wrong.className = "field-error";
      wrong.setAttribute("role", "alert");
      wrong.textContent = said.error ?? words.offline ?? "";
      row.append(wrong);
    }
    list.hidden = !list.children.length;
  });
  request.send(data);
}

// Drafts ---------------------------------------------------------------------------------------------------------------

function wakeDraft(composer) {
  const { form, place, page, words } = composer;
  const state = place.querySelector("[data-draft-state]");
  const address = place.dataset.draftUrl;
  let changed = false;
  let sent = false;
  let timer = 0;
  let running = null;

  async function save() {
    clearTimeout(timer);
    timer = 0;
    if (!address || !changed || sent) return;
    if (running) return later();
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (value instanceof File) data.delete(name);
    changed = false;
    running = new AbortController();
    try {
      const answer = await fetch(address, {
        method: "POST", body: data, headers: FRAGMENT, signal: running.signal, keepalive: true, redirect: "error",
      });
      if (!answer.ok) throw new Error(String(answer.status));
      state.innerHTML = await answer.text();
      page.enhance(state);
    } catch {
      if (sent) return;
      changed = true;
      state.textContent = words.unsaved ?? "";
    } finally {
      running = null;
    }
  }

  function later() {
    timer ||= setTimeout(save, AUTOSAVE_SECONDS * 1000);
  }

  form.addEventListener("input", () => {
    changed = true;
    if (address) later();
  });
  // Quick fingers had begun before this script was there; so has whoever comes back by the browser's own memory.
  if ([...form.querySelectorAll("input[type=text], textarea")].some((field) => field.value !== field.defaultValue)) {
    changed = true;
    if (address) later();
  }
  form.addEventListener("submit", () => {
    // A draft that arrived after the post would bring the text back.
    sent = true;
    clearTimeout(timer);
    running?.abort();
  });
  window.addEventListener("pageshow", () => { sent = false; });
  document.addEventListener("visibilitychange", () => { if (document.hidden) save(); });
  window.addEventListener("beforeunload", (event) => {
    if ((changed && !sent) || composer.uploads) event.preventDefault();
  });
}

// Counts, and what depends on the board --------------------------------------------------------------------------------

function wakeCounts({ form }) {
  for (const field of form.querySelectorAll("[data-most]")) {
    const most = Number(field.dataset.most);
    // What the server refused stays refused until it is changed.
    const refused = field.getAttribute("aria-invalid") === "true";
    const count = document.createElement("span");
    count.className = "muted small";
    const tell = () => {
      const left = most - [...field.value].length;
      count.hidden = left > most / 5;
      count.textContent = `${most - left} / ${most}`;
      field.setAttribute("aria-invalid", String(left < 0 || (refused && field.value === field.defaultValue)));
    };
    (field.closest("[data-composer]")?.querySelector(".composer-foot") ?? field.parentElement).append(count);
    field.addEventListener("input", tell);
    tell();
  }
}

function wakeBoardPart({ form, page }) {
  const part = form.querySelector("[data-board-part]");
  if (!part) return;
  let shown = form.querySelector("[name=board]:checked, select[name=board] option[selected]")?.value ?? "";
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
      part.innerHTML = await answer.text();
      page.enhance(part);
    } catch {
      // The form works as it is; the server tells what does not fit.
    }
  }
  form.addEventListener("change", (event) => { if (event.target.name === "board") change(); });
  change();
}
