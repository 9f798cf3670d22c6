// Passkeys and security keys. A form with data-passkey ("get" or "create") asks the browser for a credential when it is
// sent, and sends that along in its field "credential". Options stand in the page (data-options: the id of a JSON script)
// or are fetched (data-options-url).
import { toast } from "./site.js";

const toBytes = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
const toText = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

function decode(options) {
  const list = (entries) => entries?.map((entry) => ({ ...entry, id: toBytes(entry.id) }));
  const decoded = { ...options, challenge: toBytes(options.challenge) };
  if (options.user) decoded.user = { ...options.user, id: toBytes(options.user.id) };
  if (options.allowCredentials) decoded.allowCredentials = list(options.allowCredentials);
  if (options.excludeCredentials) decoded.excludeCredentials = list(options.excludeCredentials);
  return decoded;
}

function encode(credential) {
  const { response } = credential;
  const fields = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) fields[name] = toText(response[name]);
  }
  if (response.getTransports) fields.transports = response.getTransports();
  return {
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: fields,
  };
}

async function readOptions(form) {
  if (form.dataset.options) return JSON.parse(document.getElementById(form.dataset.options).textContent);
  const answer = await fetch(form.dataset.optionsUrl, { headers: { Accept: "application/json" } });
  if (!answer.ok) throw new Error(`options: ${answer.status}`);
  return answer.json();
}

async function ask(form) {
  const options = await readOptions(form);
  if (form.dataset.passkey === "get") {
    return navigator.credentials.get({ publicKey: decode(options.request_options.publicKey) });
  }
  const publicKey = decode(options.creation_options.publicKey);
  // A passkey lives on the device and asks who is there; a plain second factor need not.
  const passkey = form.elements.namedItem("passwordless")?.checked;
  publicKey.authenticatorSelection = {
    ...publicKey.authenticatorSelection,
    residentKey: passkey ? "required" : "discouraged",
    requireResidentKey: Boolean(passkey),
    ...(passkey ? { userVerification: "required" } : {}),
  };
  return navigator.credentials.create({ publicKey });
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const button = form.querySelector("button[type=submit]");
    button.setAttribute("aria-busy", "true");
    try {
      form.elements.namedItem("credential").value = JSON.stringify(encode(await ask(form)));
      form.submit();
    } catch (error) {
      console.warn(error);
      toast(form.dataset.failed, "warning");
      button.removeAttribute("aria-busy");
    }
  });
}
