// Changing a page under somebody's eyes: what they look at, or have the focus on, stays where it is, to the pixel.

/** Do `change`, and scroll by as much as it moved `fixed` (an element, or nothing). */
export function still(fixed, change) {
  const before = fixed?.getBoundingClientRect().top;
  const root = document.documentElement;
  root.dataset.still = ""; // the browser's own anchoring would do it a second time
  change();
  const moved = fixed?.isConnected ? fixed.getBoundingClientRect().top - before : 0;
  if (moved) window.scrollBy({ top: moved, behavior: "instant" });
  requestAnimationFrame(() => requestAnimationFrame(() => { delete root.dataset.still; }));
}
