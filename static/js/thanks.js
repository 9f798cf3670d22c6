// "Helpful", "Solved it for me", "I have this problem too": pressed where one reads, without leaving the place.
// The same forms, sent by a script; whatever the script cannot do, the browser does as it does without one.

/** Send the pressed button's form and put the server's button in its place. `page` holds toast of site.js. */
export async function press(button, page) {
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  let answer;
  try {
    answer = await fetch(button.hasAttribute("formaction") ? button.formAction : button.form.action, {
      method: "POST",
      body: new FormData(button.form, button),
      headers: { "HX-Request": "true" },
    });
  } catch {
    sendPlainly(button);
    return;
  }
  const elsewhere = answer.headers.get("HX-Redirect");
  if (elsewhere) {
    location.assign(elsewhere);
    return;
  }
  const arrived = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!answer.ok) {
    button.removeAttribute("aria-busy");
    page.toast(arrived.body.textContent.trim(), "danger");
    return;
  }
  const fresh = show(button, arrived.querySelector("form"));
  document.dispatchEvent(new CustomEvent("thanked", { detail: { button: fresh, address: answer.url } }));
  const said = answer.headers.get("HX-Trigger");
  if (said) page.toast(JSON.parse(said).said.text, "success");
}

function show(button, form) {
  const fresh = form.querySelector("button");
  if (!button.closest("form.vote")) fresh.classList.toggle("button-small", button.classList.contains("button-small"));
  (button.closest("form.vote") ?? button).replaceWith(form);
  // Whoever listens hears the button again with its new state and count.
  fresh.focus({ preventScroll: true });
  return fresh;
}

function sendPlainly(button) {
  button.removeAttribute("aria-busy");
  button.dataset.plainly = "";
  button.form.requestSubmit(button);
}
