// What makes a page hard to use for those who read large, without motion or in colours of their own; one line each.
(asked) => {
  const faults = [];
  const called = (it) => (it.innerText || it.getAttribute("aria-label") || it.id || it.className || it.tagName).toString().trim().slice(0, 40);
  const shown = (it) => it.checkVisibility({ visibilityProperty: true }) && it.getClientRects().length > 0;
  const root = document.documentElement;
  if (asked === "width") {
    // WCAG 1.4.10, 1.4.4: what is wider than the page has a place of its own in which it can be scrolled, by key as well.
    if (root.scrollWidth > root.clientWidth + 1) {
      const wide = [...document.querySelectorAll("main *, header *, footer *")].filter(
        (it) => shown(it) && it.getBoundingClientRect().right > root.clientWidth + 1 && !it.closest(".wide[tabindex]"),
      );
      faults.push(`${root.scrollWidth} wide on ${root.clientWidth}: ${wide.slice(-1).map(called)}`);
    }
    // 1.4.12: words that are cut off
    for (const it of document.querySelectorAll("main button, main .button, main h1, main h2, main label, nav a")) {
      const style = getComputedStyle(it);
      if (shown(it) && style.overflow !== "visible" && style.clipPath === "none" && it.scrollWidth > it.clientWidth + 1) {
        faults.push(`cut off: ${called(it)}`);
      }
    }
  }
  if (asked === "motion") {
    for (const it of document.querySelectorAll("body *")) {
      const style = getComputedStyle(it);
      const moving = [style.transitionDuration, style.animationDuration].join(",").split(",").some((t) => parseFloat(t) > 0);
      if (moving && shown(it)) faults.push(`moves: ${called(it)}`);
    }
    if (getComputedStyle(root).scrollBehavior === "smooth") faults.push("scrolls smoothly");
  }
  if (asked === "colours") {
    // Of a ground that is taken away nothing is left: what can be pressed or typed into needs a line around it.
    for (const it of document.querySelectorAll("button, .button, input:not([type=hidden], [type=radio], [type=checkbox]), select, textarea")) {
      const style = getComputedStyle(it);
      const lined = ["Top", "Right", "Bottom", "Left"].some((side) => style[`border${side}Style`] !== "none" && parseFloat(style[`border${side}Width`]) > 0);
      const linked = style.textDecorationLine.includes("underline");
      if (shown(it) && !lined && !linked && style.outlineStyle === "none") faults.push(`without a line: ${called(it)}`);
    }
  }
  return faults.slice(0, 5);
}
