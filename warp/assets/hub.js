import { initAll } from "./govuk-frontend.min.js";
import { wakeKeys } from "./keys.js";

initAll();
wakeKeys(document);
wakeCopies(document);
// What htmx swaps in wakes like what came with the page.
document.addEventListener("htmx:load", (event) => {
  if (event.detail.elt === document.body) return;
  initAll({ scope: event.detail.elt });
  wakeCopies(event.detail.elt);
});

/** Buttons `data-copies="ID"` copy the text of that element and say so where `data-said` is. */
function wakeCopies(scope) {
  for (const button of scope.querySelectorAll("[data-copies]")) {
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).innerText);
      const said = document.getElementById(`${button.dataset.copies}-said`);
      if (said) said.textContent = button.dataset.said;
    });
  }
}
