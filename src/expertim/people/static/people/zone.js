// Chooses the device's own time zone where nothing is chosen yet. Without script the list works by hand.
for (const list of document.querySelectorAll("select[data-device-zone]")) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (!list.value && [...list.options].some((option) => option.value === zone)) {
    list.value = zone;
  }
}
