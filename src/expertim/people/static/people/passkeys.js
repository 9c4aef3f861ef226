// Passkeys: only a script can ask the browser for one; allauth's does the asking, this leads it to our forms. A form of
// this kind stays hidden where it could not work: without script, without TLS, or at an address that is a mere number.
const possible = window.PublicKeyCredential && window.isSecureContext && !/^[\d.]+$|:/.test(location.hostname);
const { addForm, authenticateForm, loginForm, signupForm } = window.allauth.webauthn.forms;
const ask = { add: addForm, authenticate: authenticateForm, login: loginForm, signup: signupForm };

if (possible) {
  document.querySelectorAll("[data-passkey-possible]").forEach((way) => { way.hidden = false; });
  document.querySelectorAll("[data-no-passkey]").forEach((words) => { words.hidden = true; });
}

for (const form of possible ? document.querySelectorAll("form[data-passkey]") : []) {
  const kind = form.dataset.passkey;
  const ids = { [kind]: form.querySelector("button").id, credential: form.querySelector("[name=credential]").id };
  const alone = form.querySelector("[name=passwordless]");
  if (alone) ids.passwordless = alone.id;
  ask[kind]({ ids, data: form.dataset.options ? JSON.parse(form.dataset.options) : undefined });
  form.hidden = false;
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault(); // nothing is wrong with the page: most often somebody has only changed their mind
  document.querySelectorAll("[data-passkey-failed]").forEach((words) => { words.hidden = false; });
});
