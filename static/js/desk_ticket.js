// A ticket's page: what arrives while one reads, and words put into the reply where the cursor stands.

let root;
let page;

/** Begin on the page of one ticket. */
export function begin(place, lent) {
  root = place;
  page = lent;
  const reply = root.querySelector("[data-box=reply]");
  const macros = reply?.querySelector("[data-macros]");
  if (macros) wakeMacros(macros, reply);
  root.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-find-open]");
    const insert = event.target.closest("[data-insert]");
    if ((!opener && !insert) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    if (insert) putIn(reply, `?insert=${insert.dataset.insert}`);
    else find(reply, "");
  });
  root.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-find]")) return;
    event.preventDefault();
    find(reply, new FormData(event.target).get("find"));
  });
  // A box that an address names is open: after an undo the words stand there again.
  const named = location.hash && root.querySelector(`details[data-box]${location.hash}`);
  if (named) {
    named.open = true;
    // Whoever is led to a place on a page has the focus taken away as soon as it is reached: after that.
    const begin = () => setTimeout(() => named.querySelector("textarea")?.focus());
    if (document.readyState === "complete") begin();
    else window.addEventListener("load", begin, { once: true });
  }
  for (const box of root.querySelectorAll(".box-file input")) box.addEventListener("change", () => tellFiles(box));
}

/** A macro goes in when it is chosen; whoever goes through them by keys chooses with Enter. */
function wakeMacros(macros, reply) {
  let keyed = false;
  const insert = () => {
    const chosen = macros.value;
    macros.value = "";
    if (chosen) putIn(reply, `?macro=${chosen}`);
  };
  macros.addEventListener("keydown", (event) => {
    keyed = event.key.startsWith("Arrow") || (event.key.length === 1 && event.key !== " ");
    if (event.key !== "Enter" || !macros.value) return;
    event.preventDefault();
    insert();
  });
  macros.addEventListener("pointerdown", () => { keyed = false; });
  macros.addEventListener("change", () => { if (!keyed) insert(); });
}

function tellFiles(field) {
  const names = [...field.files].map((file) => file.name).join(", ");
  let told = field.form.querySelector(`[data-files]`);
  if (!told) {
    told = document.createElement("p");
    told.className = "muted small";
    told.dataset.files = "";
    field.closest(".box-tools, .box-send").after(told);
  }
  told.textContent = names;
}

async function fetchPart(query) {
  const answer = await fetch(query, { headers: { "HX-Request": "true" } });
  if (!answer.ok) throw new Error(String(answer.status));
  return new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-put-in]");
}

/** Words into the reply, at the cursor. What nobody knows is told above it. */
async function putIn(reply, query) {
  const text = reply.querySelector("textarea");
  let part;
  try {
    part = await fetchPart(query);
  } catch {
    page.toast(reply.querySelector("[data-words]")?.dataset.offline ?? "", "warning");
    return;
  }
  reply.open = true;
  const words = part.querySelector("template[data-words]")?.content.textContent ?? "";
  text.focus();
  const before = text.value.slice(0, text.selectionStart);
  const gap = before.trim() && !before.endsWith("\n\n") ? (before.endsWith("\n") ? "\n" : "\n\n") : "";
  const after = text.value.slice(text.selectionEnd);
  const end = after.trim() && !after.startsWith("\n") ? "\n\n" : "";
  text.setRangeText(gap + words + end, text.selectionStart, text.selectionEnd, "end");
  text.dispatchEvent(new Event("input", { bubbles: true }));
  const told = part.querySelector(".macro-told");
  const place = reply.querySelector("[data-told]");
  if (told) {
    place.replaceChildren(document.adoptNode(told));
    reply.querySelector("[data-macro-field]").value = told.dataset.macro;
    const then = reply.querySelector("[name=then]");
    if (told.dataset.then && [...then.options].some((option) => option.value === told.dataset.then)) then.value = told.dataset.then;
    page.announce(told.textContent.trim());
    const mark = text.value.search(/\{\{[^{}\n]*\}\}/);
    if (mark >= 0) text.setSelectionRange(mark, text.value.indexOf("}}", mark) + 2);
  }
  reply.querySelector("[data-found]")?.replaceChildren();
}

async function find(reply, words) {
  reply.open = true;
  const place = reply.querySelector("[data-found]");
  try {
    const part = await fetchPart(`?find=${encodeURIComponent(words)}`);
    place.replaceChildren(...[...part.childNodes].map((node) => document.adoptNode(node)));
  } catch {
    page.toast(reply.querySelector("[data-words]")?.dataset.offline ?? "", "warning");
    return;
  }
  page.enhance(place);
  const field = place.querySelector("input[type=search]");
  field.focus();
  field.select();
}

// What is new ------------------------------------------------------------------------------------------------------------

/** Put what arrived where it belongs: new entries at the end, the standing in place. What is written stays untouched. */
export function tell(arrived) {
  const news = arrived.querySelector("[data-news]");
  if (!news || !root) return;
  const part = (name) => news.querySelector(`[data-part="${name}"]`);
  for (const name of ["[data-standing]", "[data-looking]"]) {
    const old = root.querySelector(name);
    const now = part("standing").querySelector(name);
    if (old && now && old.outerHTML !== now.outerHTML) old.replaceWith(document.adoptNode(now));
  }
  // Of a long story whose older part is shown, the end is on another page.
  const isWhole = root.querySelector("[data-entries]") !== null;
  const pending = root.querySelector("[data-pending]");
  const fresh = [...part("entries").children].filter((entry) => isWhole && !document.getElementById(entry.id));
  for (const entry of fresh) pending.before(document.adoptNode(entry));
  pending.replaceChildren(...[...part("pending").childNodes].map((node) => document.adoptNode(node)));
  page.enhance(root);
  if (fresh.some((entry) => entry.matches(".post"))) {
    page.announce(root.dataset.new);
    page.toast(root.dataset.new);
  }
}
