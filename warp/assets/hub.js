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

// What a page asks for again by itself (`data-live`) never takes away what somebody is at: while they write or have
// opened something there, or where the answer is none, it stays as it is until the next time.
document.addEventListener("htmx:beforeSwap", (event) => {
  const part = event.detail.target;
  if (!part.matches("[data-live]")) return;
  if (busy(part) || !event.detail.serverResponse.includes(`id="${part.id}"`)) event.detail.shouldSwap = false;
});
// Signed out, or gone: asking on would only be noise.
document.addEventListener("htmx:responseError", (event) => {
  const part = event.detail.target;
  if (!part.matches("[data-live]")) return;
  part.removeAttribute("hx-trigger");
  part.replaceWith(part.cloneNode(true));
});

function busy(part) {
  if (part.querySelector("details[open]")) return true;
  return [...part.querySelectorAll("textarea, input:not([type=hidden])")].some(
    (field) => field === document.activeElement || field.value !== field.defaultValue,
  );
}
