// What runs out of the window, and words that their own box cuts off: a function that returns one line for each fault.
() => {
  const faults = [];
  const name = (each) => each.outerHTML.replace(/\s+/g, " ").slice(0, 120);
  const shown = (each) => each.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const all = [...document.querySelectorAll("body *")].filter(shown);

  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth + 1) {
    const scrolls = (each) => each && (/auto|scroll/.test(getComputedStyle(each).overflowX) || scrolls(each.parentElement));
    const out = all.filter((each) => each.getBoundingClientRect().right > innerWidth + 1 && !scrolls(each));
    faults.push(`runs out (${wide} of ${innerWidth}): ${out.slice(-3).map(name).join(" | ")}`);
  }
  for (const each of all) {
    const style = getComputedStyle(each);
    // Dots say that there is more; the whole text stands behind the link.
    const dots = style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none";
    const cuts = /hidden|clip/.test(style.overflowX + style.overflowY) && !dots;
    if (!cuts || !each.textContent.trim() || each.matches(".visually-hidden, svg, svg *, progress, textarea")) continue;
    // What is only there for screen readers is a pixel large.
    if (each.clientWidth <= 1 && each.clientHeight <= 1) continue;
    const [beyond, below] = [each.scrollWidth - each.clientWidth, each.scrollHeight - each.clientHeight];
    if (beyond > 2 || below > 2) faults.push(`cuts words off: ${name(each)}`);
  }
  return faults;
}
