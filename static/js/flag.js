// "Report" on a post opens its form where one reads, in a dialog; sent, it is the same form as on its own page.

let dialog = null;

/** Open the form behind the link. `page` holds enhance of site.js. Whatever cannot be done here is done by the page. */
export async function open(link, page) {
  try {
    const answer = await fetch(link.href, { headers: { "HX-Request": "true" } });
    if (!answer.ok || answer.redirected) throw new Error(answer.statusText);
    show(await answer.text(), page);
  } catch {
    location.assign(link.href);
  }
}

function show(text, page) {
  const arrived = new DOMParser().parseFromString(text, "text/html").getElementById("flag");
  if (!dialog) {
    dialog = document.createElement("dialog");
    dialog.className = "dialog";
    dialog.setAttribute("aria-labelledby", "flag-title");
    dialog.addEventListener("click", (event) => { if (event.target === dialog || event.target.closest("[data-close]")) dialog.close(); });
    document.body.append(dialog);
  }
  dialog.replaceChildren(document.adoptNode(arrived));
  page.enhance(dialog);
  dialog.showModal(); // Escape closes it, and the focus goes back by itself
}
