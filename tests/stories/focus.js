// What is wrong with the place where the focus is; empty where it can be seen.
() => {
  const it = document.activeElement;
  if (!it || it === document.body) return "";
  const drawn = (style) =>
    (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2) || style.boxShadow !== "none";
  const name = (it.innerText || it.getAttribute("aria-label") || it.id || it.name || it.outerHTML.slice(0, 80)).trim();
  const signs = [null, "::before", "::after"].map((part) => getComputedStyle(it, part));
  if (!it.matches(":focus-visible") || !signs.some(drawn)) return `no sign of the focus on "${name}"`;
  const box = it.getBoundingClientRect();
  if (box.width < 1 || box.height < 1) return `the focus is on "${name}", which has no size`;
  const [x, y] = [box.left + Math.min(box.width / 2, 40), box.top + Math.min(box.height / 2, 40)];
  const on = document.elementFromPoint(x, y);
  if (!on) return `the focus is on "${name}", outside of what is shown`;
  const own = it === on || it.contains(on) || on.contains(it) || [...(it.labels ?? [])].some((each) => each.contains(on));
  return own ? "" : `"${name}" has the focus and is covered by ${on.outerHTML.slice(0, 60)}`;
}
