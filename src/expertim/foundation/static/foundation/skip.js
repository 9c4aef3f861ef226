// Past the navigation without a trace in the address: a page that is loaded anew, or passed on, begins at its beginning.
document.querySelector("a.skip").addEventListener("click", (event) => {
  const main = document.getElementById("main");
  event.preventDefault();
  main.focus({ preventScroll: true });
  main.scrollIntoView();
});
