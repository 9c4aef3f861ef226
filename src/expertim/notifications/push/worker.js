// Shows a notice that has come while no page of ours is open, and opens its page when it is pressed. It keeps nothing
// and answers no request: pages are never older than they would be without it.
self.addEventListener("push", (event) => {
  let line = {};
  try {
    line = event.data.json();
  } catch {
    // shown all the same: a browser shows a line of its own where we show none
  }
  const shown = self.registration.showNotification(line.title || self.location.host, {
    body: line.body || "",
    tag: line.about,
    renotify: Boolean(line.about),
    data: { address: line.address || "/" },
  });
  event.waitUntil(shown);
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const address = new URL(event.notification.data.address, self.location.origin);
  if (address.origin === self.location.origin) {
    event.waitUntil(self.clients.openWindow(address.href));
  }
});
