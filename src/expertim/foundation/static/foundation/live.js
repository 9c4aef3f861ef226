// Acts open in place, and open pages follow what happens. Everything here works without it, at the same addresses.
const dialog = document.getElementById("dialog");
const inPlace = document.getElementById("dialog-body");

// Whoever types, or has an act open, is not to be disturbed (except by a chat's news: `always`); nobody needs news of a
// page that nobody sees.
const busy = () =>
  document.hidden || dialog.open || Boolean(document.activeElement?.closest("main form, details[open]"));

const returned = () => {
  for (const part of document.querySelectorAll("[data-live]")) {
    htmx.trigger(part, "returned");
  }
};

document.addEventListener("htmx:beforeRequest", (event) => {
  const live = event.target.dataset?.live;
  if (live === "always" ? document.hidden : live !== undefined && busy()) {
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
  offerCalendars(inPlace);
  dialog.scrollTop = 0;
  (inPlace.querySelector("[autofocus]") ?? document.getElementById("dialog-title"))?.focus();
});

dialog.addEventListener("close", () => {
  inPlace.replaceChildren();
  returned();
});

// The browser's calendar writes into the field as its owner writes dates; it opens on what stands there.
const formats = { YYYY: /\d{4}/, MM: /\d{2}/, DD: /\d{2}/ };
const isoOf = (text, format) => {
  const names = format.match(/YYYY|MM|DD/g);
  const found = text.trim().match(new RegExp(`^${format.replaceAll(".", "\\.").replace(/YYYY|MM|DD/g, (name) => `(${formats[name].source})`)}$`));
  const part = (name) => found[names.indexOf(name) + 1];
  return found ? `${part("YYYY")}-${part("MM")}-${part("DD")}` : "";
};
const textOf = (iso, format) => {
  const [year, month, day] = iso.split("-");
  return format.replace("YYYY", year).replace("MM", month).replace("DD", day);
};

const offerCalendars = (within) => {
  for (const button of within.querySelectorAll("button[data-calendar]")) {
    const field = document.getElementById(button.dataset.calendar);
    const days = Object.assign(document.createElement("input"), { type: "date", tabIndex: -1, className: "unseen" });
    if (!days.showPicker) {
      return;
    }
    days.setAttribute("aria-hidden", "true");
    button.before(days);
    button.hidden = false;
    button.addEventListener("click", () => {
      days.value = isoOf(field.value, button.dataset.format);
      days.showPicker();
    });
    days.addEventListener("change", () => {
      if (days.value) {
        field.value = textOf(days.value, button.dataset.format);
        field.focus();
      }
    });
  }
};
offerCalendars(document);

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
