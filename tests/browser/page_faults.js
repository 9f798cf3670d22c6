// What makes a page bad for somebody, asked of the page itself: a function that returns one line for each fault.
() => {
  const faults = [];
  const name = (element) => element.outerHTML.replace(/\s+/g, " ").slice(0, 110);
  const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const all = (selector) => [...document.querySelectorAll(selector)];

  const wide = document.documentElement.scrollWidth;
  if (wide > innerWidth) {
    const scrolls = (each) => each && (/auto|scroll/.test(getComputedStyle(each).overflowX) || scrolls(each.parentElement));
    const leaves = ({ left, right }) => right > innerWidth + 1 || (document.dir === "rtl" && left < -1);
    const out = all("body *").filter((each) => shown(each) && leaves(each.getBoundingClientRect()) && !scrolls(each));
    faults.push(`runs out of the window (${wide} of ${innerWidth} px): ${out.slice(-3).map(name).join(" | ")}`);
  }

  const titles = all("h1").filter(shown);
  if (titles.length !== 1) faults.push(`${titles.length} h1`);
  let level = 0;
  for (const heading of all("main :is(h1, h2, h3, h4, h5, h6)").filter((each) => shown(each) && !each.closest(".prose"))) {
    const its = Number(heading.tagName[1]);
    if (its > level + 1) faults.push(`h${its} after h${level}: ${name(heading)}`);
    level = its;
  }

  for (const landmark of ["header", "main", "footer"]) {
    if (all(`body > ${landmark}, body > .page > ${landmark}`).length !== 1) faults.push(`not one ${landmark}`);
  }
  for (const region of all("nav, aside, section[aria-label]")) {
    if (!region.getAttribute("aria-label") && !region.getAttribute("aria-labelledby")) faults.push(`no name: ${name(region)}`);
  }

  const ids = new Set();
  for (const { id } of all("[id]")) {
    if (ids.has(id)) faults.push(`twice the id ${id}`);
    ids.add(id);
  }
  for (const attribute of ["aria-describedby", "aria-labelledby", "aria-controls", "for", "form"]) {
    for (const element of all(`[${attribute}]`)) {
      for (const id of element.getAttribute(attribute).split(/\s+/)) {
        if (id && !ids.has(id)) faults.push(`${attribute} leads nowhere (${id}): ${name(element)}`);
      }
    }
  }

  for (const field of all("input:not([type=hidden]), select, textarea")) {
    if (shown(field) && !field.labels.length && !field.ariaLabel && !field.getAttribute("aria-labelledby")) {
      faults.push(`no label: ${name(field)}`);
    }
    if (field.getAttribute("aria-invalid") === "true" && !field.closest("[aria-describedby]")) {
      faults.push(`an error nobody is told of: ${name(field)}`);
    }
  }
  for (const image of all("img:not([alt])")) faults.push(`no alt: ${name(image)}`);
  for (const each of all("a[href], button, summary")) {
    if (!each.textContent.trim() && !each.ariaLabel) faults.push(`says nothing: ${name(each)}`);
  }
  for (const each of all("[tabindex]")) if (each.tabIndex > 0) faults.push(`changes the order of focus: ${name(each)}`);
  // What a script sets through the CSSOM stands in the attribute too; the preview keeps its height that way.
  for (const each of all("[style]:not([data-composer-preview]), style")) faults.push(`inline style: ${name(each)}`);

  // WCAG 2.2, target size: 24 by 24 px, but for links in a sentence; a larger ::before or label counts.
  const size = (each) => {
    const rect = each.getBoundingClientRect();
    for (const pseudo of ["::before", "::after"]) {
      const style = getComputedStyle(each, pseudo);
      if (style.content !== "none" && style.position === "absolute") {
        return { width: parseFloat(style.width), height: parseFloat(style.height) };
      }
    }
    return rect;
  };
  for (const each of all("a[href], button, summary, select, input:not([type=hidden])")) {
    if (!shown(each) || each.closest(".prose, .visually-hidden, .skip-link")) continue;
    if (each.tagName === "A" && getComputedStyle(each).display === "inline" && each.closest("p, dd, span, li, label")) continue;
    const { width, height } = size(each);
    if (width < 23.5 || height < 23.5) faults.push(`small (${Math.round(width)} x ${Math.round(height)}): ${name(each)}`);
  }

  const numbers = (text) => text.match(/[\d.]+/g).map(Number);
  const luminance = (rgb) => {
    const [r, g, b] = rgb.slice(0, 3).map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  // Only where every ground up to the first opaque one is a plain colour.
  const ground = (element) => {
    for (let each = element; each; each = each.parentElement) {
      const style = getComputedStyle(each);
      if (!/^rgb/.test(style.backgroundColor) || style.opacity !== "1") return null;
      const colour = numbers(style.backgroundColor);
      if (colour.length === 3 || colour[3] === 1) return colour;
      if (colour[3] !== 0) return null;
    }
    return null;
  };
  const told = new Set();
  for (const each of all("body *")) {
    const text = [...each.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!text || !shown(each) || each.closest(".visually-hidden, :disabled")) continue;
    const style = getComputedStyle(each);
    const behind = ground(each);
    if (!behind || !/^rgb/.test(style.color)) continue;
    const [dark, light] = [luminance(numbers(style.color)), luminance(behind)].sort((a, b) => a - b);
    const contrast = (light + 0.05) / (dark + 0.05);
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
    const line = `contrast ${contrast.toFixed(2)}: ${each.tagName.toLowerCase()}.${each.className}`;
    if (contrast < (large ? 3 : 4.5) && !told.has(line)) faults.push(line);
    told.add(line);
  }
  return faults;
}
