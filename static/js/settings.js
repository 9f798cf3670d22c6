// The settings offer the time zone this browser is in, where it is another one than is chosen.

const offer = document.querySelector("[data-zone-offer]");
const select = offer && document.getElementById(offer.dataset.zoneOffer);
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const option = select && [...select.options].find((each) => each.value === zone);

const isInForce = option && (option.selected || (select.value === "" && zone === offer.dataset.zoneSite));

if (option && !isInForce) {
  offer.querySelector("[data-zone-name]").textContent = zone.replaceAll("_", " ");
  offer.querySelector("[data-zone-use]").addEventListener("click", () => {
    option.selected = true;
    offer.hidden = true;
    select.focus();
  });
  offer.hidden = false;
}
