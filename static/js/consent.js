// "May we remember which suggestions help you?", answered where one writes: the page and what is typed stay.

/** Send the pressed button's answer; a yes tells the page (the event `counted`), so that the form may be opened. */
export async function say(form, button, page) {
  const sent = new FormData(form, button);
  let answer;
  try {
    answer = await fetch(form.action, { method: "POST", body: sent, headers: { "HX-Request": "true" } });
  } catch {
    answer = { ok: false };
  }
  if (!answer.ok) {
    // As without a script: in a tab of its own.
    form.dataset.plainly = "";
    form.requestSubmit(button);
    return;
  }
  page.toast(form.dataset.thanks, "success");
  form.remove();
  if (sent.get("counting") === "yes") document.dispatchEvent(new CustomEvent("counted"));
}
