// The room for questions like this one: beside the form on a desk, below the title on a phone. From three words of a title
// on it shows what others asked already; it moves nothing somebody is typing in, and nobody has to pass through it.

const WAIT = 400;
const FEWEST_WORDS = 3;

export function wakeRoom({ form, page }) {
  const room = form.querySelector("[data-room]");
  const title = form.querySelector("[name=title]");
  if (!room || !title || !room.dataset.room) return;
  const place = room.querySelector("[data-room-list]");
  let timer = 0;
  let asking = null;
  let asked = "";
  let isLeft = false;

  async function ask() {
    const words = title.value.trim().split(/\s+/).filter(Boolean);
    const board = new FormData(form).get("board") ?? "";
    const now = words.length < FEWEST_WORDS ? "" : JSON.stringify([words, board]);
    if (isLeft || now === asked) return;
    asked = now;
    asking?.abort();
    if (!now) return empty();
    asking = new AbortController();
    const address = new URL(room.dataset.room, location.href);
    address.searchParams.set("title", words.join(" "));
    address.searchParams.set("board", board);
    try {
      const answer = await fetch(address, { signal: asking.signal, redirect: "error", headers: { "HX-Request": "true" } });
      const html = answer.status === 200 ? await answer.text() : "";
      if (asked === now) show(html);
    } catch {
      // Nothing is missing: the room is an offer.
      asked = "";
    }
  }

  function show(html) {
    if (!html.trim()) return empty();
    const before = place.textContent;
    withoutMoving(() => {
      place.innerHTML = html;
      page.enhance(place);
      room.hidden = false;
    });
    if (place.textContent !== before) page.announce(sentence());
  }

  function sentence() {
    const found = place.querySelectorAll("[data-suggestion]");
    const solved = [...found].filter((each) => each.querySelector(".badge.tone-success"));
    return room.dataset.found.replace("{count}", String(found.length)).replace("{solved}", String(solved.length));
  }

  /** Closed only while the title is being typed: below it nobody is writing then. */
  function empty() {
    if (document.activeElement === title || !room.contains(document.activeElement)) {
      withoutMoving(() => {
        room.hidden = true;
        place.replaceChildren();
      });
    }
  }

  title.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
  form.addEventListener("change", (event) => { if (event.target.name === "board") ask(); });
  room.querySelector("[data-room-leave]").addEventListener("click", () => {
    isLeft = true;
    asking?.abort();
    room.hidden = true;
    form.querySelector("textarea").focus();
  });
  ask();
}

/** What somebody is writing in stays where it is on the screen, whatever opens or closes above it. */
function withoutMoving(change) {
  const still = document.activeElement;
  const before = still?.getBoundingClientRect().top;
  change();
  const moved = still?.getBoundingClientRect().top - before;
  if (moved) window.scrollBy({ top: moved, behavior: "instant" });
}
