// Adds this browser to the devices that a person is told on. Asked for by a press of the button only, never by itself.
const button = document.getElementById("add-device");

if (button && "serviceWorker" in navigator && "PushManager" in window) {
  button.hidden = false;
  document.getElementById("no-push").hidden = true;
  button.addEventListener("click", () => {
    button.disabled = true;
    add().catch(() => {
      document.getElementById("push-refused").hidden = false;
      button.disabled = false;
    });
  });
}

async function add() {
  const registration = await navigator.serviceWorker.register(button.dataset.worker, { scope: "/" });
  await navigator.serviceWorker.ready;
  const wanted = { userVisibleOnly: true, applicationServerKey: decoded(button.dataset.key) };
  let subscription;
  try {
    subscription = await registration.pushManager.subscribe(wanted);
  } catch (error) {
    // made with a former key of this installation: it can never be used again
    const old = await registration.pushManager.getSubscription();
    if (!old) {
      throw error;
    }
    await old.unsubscribe();
    subscription = await registration.pushManager.subscribe(wanted);
  }
  const { endpoint, keys } = subscription.toJSON();
  const form = document.getElementById("device-new");
  form.endpoint.value = endpoint;
  form.p256dh.value = keys.p256dh;
  form.auth.value = keys.auth;
  form.submit();
}

function decoded(text) {
  const letters = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(letters, (letter) => letter.charCodeAt(0));
}
