// The page of what waits: who looks at what, words that follow the chosen ground, and how many are selected. Everything
// else on it is plain forms.

const EVERY = 20 * 1000;
const ASLEEP = 10 * 60 * 1000; // nobody has touched the page for this long

let root;
let timer;
let touched = Date.now();
let told = ""; // the case that was last said to be looked at

/** Begin with the list `place`. */
export function begin(place) {
  root = place;
  root.addEventListener("change", change);
  for (const sign of ["focusin", "pointerdown", "keydown"]) root.addEventListener(sign, look, { passive: true });
  document.addEventListener("visibilitychange", () => (document.hidden ? clearTimeout(timer) : tell()));
  count();
  tell();
}

function change(event) {
  if (event.target.matches("[data-ground]")) say(event.target);
  if (event.target.matches(".case-tick")) count();
}

// The words follow the ground as long as nobody has written their own.
function say(select) {
  const field = select.form.elements.words;
  const ours = [...select.options].map((option) => option.dataset.said);
  if (field.value.trim() === "" || ours.includes(field.value.trim())) field.value = select.selectedOptions[0].dataset.said;
}

function count() {
  const line = root.querySelector("[data-several]");
  const many = root.querySelectorAll(".case-tick:checked").length;
  if (many) line.textContent = many === 1 ? line.dataset.one : line.dataset.many.replace("{count}", many);
}

function current() {
  return document.activeElement?.closest("[data-case]")?.dataset.case ?? "";
}

function look() {
  touched = Date.now();
  if (current() !== told) tell();
}

async function tell() {
  clearTimeout(timer);
  if (document.hidden) return;
  if (Date.now() - touched < ASLEEP) {
    const said = new URLSearchParams();
    told = current();
    if (told) said.set("at", told);
    for (const each of root.querySelectorAll("[data-case]")) said.append("on", each.dataset.case);
    try {
      const answer = await fetch(root.dataset.waiting, {
        method: "POST",
        body: said,
        headers: { "X-CSRFToken": root.querySelector("[name=csrfmiddlewaretoken]").value },
      });
      if (answer.ok) show(await answer.json());
    } catch {
      // Without a connection nobody is told; the next time says it.
    }
  }
  timer = setTimeout(tell, EVERY);
}

function show(looking) {
  for (const each of root.querySelectorAll("[data-case]")) {
    const line = each.querySelector("[data-looking]");
    const words = looking[each.dataset.case] ?? "";
    if (line.lastElementChild.textContent !== words) line.lastElementChild.textContent = words;
    line.hidden = !words;
  }
}
