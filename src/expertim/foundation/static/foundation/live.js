// Acts open in place, and open pages follow what happens. Everything here works without it, at the same addresses.
const dialog = document.getElementById("dialog");
const inPlace = document.getElementById("dialog-body");

// Whoever types, or has an act open, is not to be disturbed; nobody needs news of a page that nobody sees.
const busy = () =>
  document.hidden || dialog.open || Boolean(document.activeElement?.closest("main form, details[open]"));

const returned = () => {
  for (const part of document.querySelectorAll("[data-live]")) {
    htmx.trigger(part, "returned");
  }
};

document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.matches("[data-live]") && busy()) {
    event.preventDefault();
  }
});

document.addEventListener("visibilitychange", () => document.hidden || returned());

document.addEventListener(
  "click",
  (event) => {
    const link = event.target.closest("a");
    if (link?.hasAttribute("hx-get") && (event.ctrlKey || event.metaKey || event.shiftKey || event.altKey)) {
      event.stopImmediatePropagation(); // a window of its own is asked for
    } else if (link?.hasAttribute("data-back") && dialog.open) {
      event.preventDefault();
      dialog.close();
    }
  },
  true,
);

document.addEventListener("htmx:afterSwap", (event) => {
  if (event.detail.target !== inPlace) {
    return;
  }
  if (!dialog.open) {
    dialog.showModal();
  }
  dialog.scrollTop = 0;
  (inPlace.querySelector("[autofocus]") ?? document.getElementById("dialog-title"))?.focus();
});

dialog.addEventListener("close", () => {
  inPlace.replaceChildren();
  returned();
});

// What cannot be shown in place is shown as the page it is, with its own words.
for (const trouble of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(trouble, ({ detail }) => {
    if (detail.target !== inPlace) {
      return;
    }
    if (detail.elt instanceof HTMLFormElement) {
      detail.elt.submit();
    } else {
      location.assign(detail.elt.href);
    }
  });
}
