// Pictures and log files by choice, paste and drop: each with its progress, a way to stop it and a way to try again.

import { insertBelow, replaceMark } from "./text.js";

export function wakeFiles(composer) {
  const { form, place, text } = composer;
  composer.marks = new Set();
  composer.uploads = 0;
  const button = place.querySelector("[data-attach]");
  if (!button || !place.dataset.uploadUrl) return;
  const take = (files) => { for (const file of files) new Upload(composer, file).start(); };
  const chooser = document.createElement("input");
  chooser.type = "file";
  chooser.multiple = true;
  chooser.hidden = true;
  form.append(chooser);
  button.addEventListener("click", () => chooser.click());
  chooser.addEventListener("change", () => {
    take(chooser.files);
    chooser.value = "";
  });
  text.addEventListener("paste", (event) => {
    const files = [...(event.clipboardData?.files ?? [])];
    // Office programs paste a picture of the text beside the text: the text is what was meant.
    if (!files.length || event.clipboardData.types.includes("text/plain")) return;
    event.preventDefault();
    take(files);
  });
  wakeDrop(place, take);
  holdBack(composer);
}

function wakeDrop(place, take) {
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
    take(event.dataTransfer.files);
  });
}

/** Whoever sends while a file is on its way sends once it is there; a file that fails keeps the form here. */
function holdBack(composer) {
  const { form, page, words } = composer;
  form.addEventListener("submit", (event) => {
    if (!composer.uploads) return;
    event.preventDefault();
    composer.heldBack = { by: event.submitter };
    page.announce(words.waiting);
  });
}

/** The text without the places kept for files on their way: what is saved and shown of it meanwhile. */
export function withoutMarks(composer, value) {
  for (const mark of composer.marks) value = value.replace(`${mark}\n`, "").replace(mark, "");
  return value;
}

function piece(kind, css, words = "") {
  const made = document.createElement(kind);
  made.className = css;
  made.textContent = words;
  return made;
}

class Upload {
  constructor(composer, file) {
    Object.assign(this, { composer, file });
    this.name = file.name || composer.words.picture;
    this.list = composer.place.querySelector("[data-attachments]");
    this.row = piece("li", "upload");
    this.list.append(this.row);
    this.list.hidden = false;
  }

  start() {
    const { composer, file } = this;
    const { form, place, words } = composer;
    const most = Number(place.dataset.uploadMost);
    if (most && file.size > most) return this.fail(words.tooLarge, { again: false });
    this.hold();
    this.show();
    const data = new FormData();
    data.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]")?.value ?? "");
    data.set("file", file, this.name);
    // fetch tells nobody how far an upload is.
    const request = new XMLHttpRequest();
    this.request = request;
    request.open("POST", place.dataset.uploadUrl);
    request.setRequestHeader("Accept", "application/json");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => {
      if (event.lengthComputable) this.bar.value = event.loaded / event.total;
    });
    request.addEventListener("loadend", () => this.ended(request));
    composer.uploads += 1;
    request.send(data);
  }

  /** Keep the place in the text where the file will stand. */
  hold() {
    const { composer } = this;
    const label = composer.words.uploading.replace("{name}", this.name.replace(/[[\]\\`*_]/g, " "));
    let mark = `![${label}]()`;
    for (let count = 2; composer.text.value.includes(mark); count += 1) mark = `![${label} ${count}]()`;
    this.mark = mark;
    composer.marks.add(mark);
    if (composer.place.classList.contains("is-previewing")) composer.text.setRangeText(`\n${mark}\n`, composer.text.value.length, composer.text.value.length, "end");
    else insertBelow(composer.text, mark);
  }

  show() {
    const { words } = this.composer;
    this.bar = document.createElement("progress");
    this.bar.max = 1;
    this.bar.value = 0;
    this.bar.setAttribute("aria-label", this.name);
    this.row.className = "upload";
    this.row.replaceChildren(piece("span", "file-name", this.name), this.bar, this.button(words.cancel, () => {
      this.isStopped = true;
      this.request.abort();
    }));
  }

  button(label, act) {
    const made = piece("button", "button button-quiet button-small", label);
    made.type = "button";
    made.setAttribute("aria-label", `${label}: ${this.name}`);
    made.addEventListener("click", act);
    return made;
  }

  ended(request) {
    const { composer } = this;
    const { page, words, text } = composer;
    composer.uploads -= 1;
    composer.marks.delete(this.mark);
    const said = request.response ?? {};
    if (request.status === 201 && said.id) {
      // What does not stand in the text stands beside it.
      if (!said.markdown) {
        replaceMark(text, this.mark, "");
        this.keep(said);
      } else {
        if (!replaceMark(text, this.mark, said.markdown)) insertBelow(text, said.markdown);
        this.remove();
      }
      page.announce(`${said.name}: ${words.uploaded}`);
      this.sendWhatWaited();
      return;
    }
    replaceMark(text, this.mark, "");
    if (this.isStopped) {
      this.isStopped = false;
      this.remove();
      text.focus();
      this.sendWhatWaited();
      return;
    }
    const told = said.error ?? (request.status ? words.failed : words.offline);
    this.fail(told, { again: request.status === 0 || request.status >= 500 || !said.error });
  }

  /** The file goes along with the form, and can be left out again. */
  keep(said) {
    const { form, words } = this.composer;
    const link = piece("a", "file-name", said.name);
    link.href = said.url;
    link.target = "_blank";
    const mine = document.createElement("input");
    Object.assign(mine, { type: "hidden", name: "attachments", value: said.id });
    form.append(mine);
    this.row.className = "";
    this.row.replaceChildren(link, this.button(words.leaveOut, () => {
      mine.remove();
      this.remove();
      this.composer.text.focus();
    }));
  }

  fail(why, { again }) {
    const { words } = this.composer;
    this.composer.heldBack = null;
    this.row.className = "upload upload-failed";
    const told = piece("span", "field-error", why);
    told.setAttribute("role", "alert");
    this.row.replaceChildren(piece("span", "file-name", this.name), told);
    if (again) this.row.append(this.button(words.again, () => this.start()));
    this.row.append(this.button(words.leaveOut, () => {
      this.remove();
      this.composer.text.focus();
    }));
  }

  remove() {
    this.row.remove();
    this.list.hidden = !this.list.children.length;
  }

  sendWhatWaited() {
    const held = this.composer.heldBack;
    if (!held || this.composer.uploads) return;
    this.composer.heldBack = null;
    this.composer.form.requestSubmit(held.by);
  }
}
