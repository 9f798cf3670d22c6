// The brand's form: while a colour is chosen, the two small pictures show it. Without this they follow after saving.
const field = document.querySelector("#id_accent");
const pictures = [...document.querySelectorAll("[data-brand-look]")];

field?.addEventListener("input", () => {
  if (!/^#[0-9a-f]{6}$/i.test(field.value)) return;
  for (const picture of pictures) {
    const address = new URL(picture.src);
    address.searchParams.set("accent", field.value);
    picture.src = address.href;
  }
});
