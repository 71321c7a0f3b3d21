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

// A page that saves as one types (`data-saves="ID"`) says where it does that it could not, in its own words
// (`data-unsaved`), and tries again until it could: soon, then less often, and as soon as there is a network.
const WAITS = [3, 10, 30, 60]; // seconds
for (const name of ["htmx:sendError", "htmx:timeout", "htmx:responseError"]) {
  document.addEventListener(name, (event) => {
    const form = event.target.closest?.("[data-saves]");
    if (form) unsaved(form);
  });
}
document.addEventListener("htmx:afterOnLoad", (event) => {
  const form = event.target.closest?.("[data-saves]");
  if (!form || event.detail.xhr.status >= 400) return;
  clearTimeout(form.hubAgain);
  form.hubTries = 0;
});
addEventListener("online", () => {
  for (const form of document.querySelectorAll("[data-saves]")) if (form.hubTries) again(form);
});

function unsaved(form) {
  const words = document.createElement("p");
  words.className = "govuk-error-message";
  words.textContent = form.dataset.unsaved;
  document.getElementById(form.dataset.saves).replaceChildren(words);
  form.hubTries = (form.hubTries || 0) + 1;
  clearTimeout(form.hubAgain);
  form.hubAgain = setTimeout(() => again(form), 1000 * WAITS[Math.min(form.hubTries, WAITS.length) - 1]);
}

function again(form) {
  form.dispatchEvent(new Event("again"));
}

// What was kept while somebody signed in anew (`data-renews="ADDRESS"`) carries the token of before. A page of now has
// one of now, so that one press is enough; where none is to be had, the hub asks for a second.
for (const form of document.querySelectorAll("form[data-renews]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      const page = await (await fetch(form.dataset.renews, { signal: AbortSignal.timeout(5000) })).text();
      const fresh = new DOMParser().parseFromString(page, "text/html").querySelector("[name=csrfmiddlewaretoken]");
      if (fresh) form.elements.csrfmiddlewaretoken.value = fresh.value;
    } catch {
      // The token of before goes along, and the hub asks for a second press.
    }
    form.submit();
  });
}

function busy(part) {
  if (part.querySelector("details[open]")) return true;
  return [...part.querySelectorAll("textarea, input:not([type=hidden])")].some(
    (field) => field === document.activeElement || field.value !== field.defaultValue,
  );
}
