// The device's own time zone: chosen in a list where nothing is chosen yet, and told where its clocks differ from those
// that a person's times are shown by. Without script the list works by hand and nothing is told.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

for (const list of document.querySelectorAll("select[data-device-zone]")) {
  if (!list.value && [...list.options].some((option) => option.value === zone)) {
    list.value = zone;
  }
}

const bar = document.getElementById("zone-bar");
if (bar && zone && differs(zone, bar.dataset.zone)) {
  const kept = bar.dataset.kept.split("|");
  if (!kept.includes(`${zone}~${bar.dataset.zone}`)) {
    tell(bar);
  }
}

// Not by name: many zones show the same time, and nobody needs to be told of those.
function differs(one, other) {
  const now = new Date();
  try {
    const [here, there] = [one, other].map((timeZone) => now.toLocaleString("sv", { timeZone }));
    return here !== there;
  } catch {
    return false; // a zone that this browser does not know
  }
}

function tell(bar) {
  const city = (name) => name.split("/").pop().replaceAll("_", " ");
  for (const spoken of bar.querySelectorAll("[data-words]")) {
    spoken.textContent = spoken.dataset.words
      .replace("{device}", city(zone))
      .replace("{profile}", bar.dataset.city);
  }
  bar.querySelector("[name=device]").value = zone;
  bar.hidden = false;
}
