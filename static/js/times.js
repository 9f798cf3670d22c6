// The exact time of a relative one, for those who cannot hover: beside a permalink that has the focus or was tapped, and in
// place of the words where a time stands by itself.

const tip = document.createElement("span");
tip.className = "time-tip";
tip.id = "time-tip";
tip.setAttribute("role", "tooltip");
let told = null;

/** Show the exact time beside a link that holds a <time>, until the focus or Escape takes it away. */
export function beside(link, exact) {
  const time = link.querySelector("time");
  if (!time || told === link) return;
  putAway();
  told = link;
  tip.textContent = exact(new Date(time.dateTime));
  document.body.append(tip);
  const place = time.getBoundingClientRect();
  const most = document.documentElement.clientWidth - tip.offsetWidth - 8;
  tip.style.left = `${Math.max(8, Math.min(place.left, most)) + window.scrollX}px`;
  tip.style.top = `${place.bottom + window.scrollY + 4}px`;
  link.setAttribute("aria-describedby", tip.id);
}

function putAway() {
  tip.remove();
  told?.removeAttribute("aria-describedby");
  told = null;
}

/** A tap on a time that stands by itself: the exact one in its place, and back. */
export function toggle(time, tell) {
  if ("exact" in time.dataset) delete time.dataset.exact;
  else time.dataset.exact = "";
  tell(time.parentElement);
}

document.addEventListener("focusout", (event) => { if (event.target === told) putAway(); });
document.addEventListener("keydown", (event) => { if (event.key === "Escape") putAway(); });
document.addEventListener("pointerdown", (event) => { if (told && !told.contains(event.target) && event.target !== tip) putAway(); });
