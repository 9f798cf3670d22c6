// A list of choices that opens while somebody types: people to mention, tags. The field keeps the focus; arrow keys move,
// Enter or Tab takes over, Escape closes, and a tap or click does what Enter does.

const WAIT = 150;
let lists = 0;

/**
 * Offer completions in `field` (textarea or input). The rest is up to whom it serves:
 * `tokenAt(value, caret)`: {from, query} of what is being typed, or null; `find(query, signal)`: promise of <li> elements;
 * `take(option, token)`: put the choice into the field. `host` is the positioned element the list stands in.
 */
export function offer(field, { host, label, words, page, tokenAt, find, take }) {
  const list = document.createElement("ul");
  list.className = "options";
  list.id = `options-${(lists += 1)}`;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", label);
  list.hidden = true;
  host.append(list);
  if (field.localName === "input") {
    field.setAttribute("role", "combobox");
    field.setAttribute("aria-expanded", "false");
  }
  // A textarea may carry no other role: it says by these that a list belongs to it.
  field.setAttribute("aria-autocomplete", "list");
  field.setAttribute("aria-haspopup", "listbox");
  field.setAttribute("aria-controls", list.id);
  field.setAttribute("autocomplete", "off");

  let token = null;
  let active = -1;
  let timer = 0;
  let asking = null;
  let dismissed = -1;

  const options = () => [...list.children];

  function mark(at) {
    active = at;
    for (const [index, option] of options().entries()) option.setAttribute("aria-selected", String(index === at));
    const chosen = options()[at];
    chosen?.scrollIntoView({ block: "nearest" });
    if (chosen) field.setAttribute("aria-activedescendant", chosen.id);
    else field.removeAttribute("aria-activedescendant");
  }

  function close() {
    clearTimeout(timer);
    asking?.abort();
    asking = null;
    if (list.hidden) return;
    list.hidden = true;
    list.replaceChildren();
    list.removeAttribute("style");
    field.removeAttribute("aria-activedescendant");
    if (field.hasAttribute("aria-expanded")) field.setAttribute("aria-expanded", "false");
  }

  function open(found) {
    for (const [index, option] of found.entries()) {
      option.id = `${list.id}-${index}`;
      option.setAttribute("role", "option");
    }
    list.replaceChildren(...found);
    list.hidden = false;
    if (field.hasAttribute("aria-expanded")) field.setAttribute("aria-expanded", "true");
    mark(0);
    stand(list, field, host, token.from);
    page.announce(words.found.replace("{count}", String(found.length)));
  }

  async function ask() {
    asking?.abort();
    const mine = new AbortController();
    asking = mine;
    try {
      const found = await find(token.query, mine.signal);
      if (mine.signal.aborted) return;
      if (found.length && document.activeElement === field) open(found);
      else close();
    } catch {
      if (!mine.signal.aborted) close();
    }
  }

  function look() {
    token = field.selectionStart === field.selectionEnd ? tokenAt(field.value, field.selectionStart) : null;
    if (!token) dismissed = -1;
    if (!token || token.from === dismissed) return close();
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  }

  function choose(option) {
    const chosen = token;
    close();
    take(option, chosen);
    clearTimeout(timer);
  }

  const KEYS = {
    ArrowDown: () => mark((active + 1) % options().length),
    ArrowUp: () => mark((active + options().length - 1) % options().length),
    Enter: () => choose(options()[active]),
    Tab: () => choose(options()[active]),
    Escape: () => {
      dismissed = token?.from ?? -1;
      close();
    },
  };
  field.addEventListener("keydown", (event) => {
    if (list.hidden || event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    if (!KEYS[event.key]) return;
    event.preventDefault();
    event.stopPropagation();
    KEYS[event.key]();
  });
  field.addEventListener("input", look);
  field.addEventListener("click", look);
  field.addEventListener("keyup", (event) => {
    if (["ArrowLeft", "ArrowRight", "Home", "End"].includes(event.key)) look();
  });
  field.addEventListener("blur", close);
  // The field keeps the focus, on a phone the keyboard stays.
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("mousedown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) choose(option);
  });
}

/** Put the list below the line where the word begins; above it where there is no room. Positions are set by script alone. */
function stand(list, field, host, at) {
  const line = field.localName === "textarea" ? lineOf(field, at) : { left: 0, top: 0, bottom: field.offsetHeight };
  const [box, frame] = [field.getBoundingClientRect(), host.getBoundingClientRect()];
  const left = box.left - frame.left + line.left;
  const width = list.offsetWidth;
  list.style.left = `${Math.max(0, Math.min(left, host.clientWidth - width))}px`;
  const seen = window.visualViewport?.height ?? window.innerHeight;
  const isBelow = box.top + line.bottom + list.offsetHeight + 8 < seen || box.top + line.top < list.offsetHeight;
  list.style.top = `${box.top - frame.top + (isBelow ? line.bottom + 4 : line.top - list.offsetHeight - 4)}px`;
}

const COPIED = [
  "boxSizing", "width", "paddingTop", "paddingRight", "paddingBottom", "paddingLeft", "borderTopWidth", "borderRightWidth",
  "borderBottomWidth", "borderLeftWidth", "fontFamily", "fontSize", "fontWeight", "fontStyle", "letterSpacing", "lineHeight",
  "wordSpacing", "tabSize", "textAlign", "direction",
];

/** Where a place of a textarea's text stands inside it: the same text laid out in a box nobody sees. */
function lineOf(text, at) {
  const copy = document.createElement("div");
  const style = getComputedStyle(text);
  for (const name of COPIED) copy.style[name] = style[name];
  Object.assign(copy.style, {
    position: "absolute", visibility: "hidden", whiteSpace: "pre-wrap", overflowWrap: "break-word", borderStyle: "solid",
  });
  const here = document.createElement("span");
  here.textContent = text.value.slice(at, at + 1) || ".";
  copy.append(text.value.slice(0, at), here);
  document.body.append(copy);
  const place = { left: here.offsetLeft, top: here.offsetTop - text.scrollTop };
  place.bottom = place.top + here.offsetHeight;
  copy.remove();
  return place;
}
