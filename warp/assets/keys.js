// Keys for whoever has the desk open all morning. The page says in attributes what they do:
//   data-row            a row that j and k step through
//   data-key="o"        what the key presses: in the row that has the focus, else anywhere on the page
//   data-keys-switch    a button that turns the keys off and on (WCAG 2.1.4), remembered in this browser
const STORE = "hub-keys";
const typing = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";

export function wakeKeys(page) {
  if (!page.querySelector("[data-row], [data-key]")) return;
  wakeSwitch(page.querySelector("[data-keys-switch]"));
  page.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.target.closest(typing) || !areOn()) return;
    if (press(page, event.key)) event.preventDefault();
  });
}

/** Does what the key stands for; says whether it stood for anything. */
function press(page, key) {
  if (key === "j" || key === "k") return step(page, key === "j" ? 1 : -1);
  const selector = `[data-key="${CSS.escape(key)}"]`;
  const target = currentRow(page)?.querySelector(selector) ?? page.querySelector(selector);
  if (!target) return false;
  if (target.matches(typing)) target.focus();
  else target.click();
  return true;
}

function currentRow(page) {
  return page.activeElement?.closest("[data-row]") ?? page.querySelector("[data-row][aria-current]");
}

function step(page, by) {
  const rows = [...page.querySelectorAll("[data-row]")];
  if (!rows.length) return false;
  const from = rows.indexOf(currentRow(page));
  const to = from < 0 ? 0 : Math.min(Math.max(from + by, 0), rows.length - 1);
  const row = rows[to];
  (row.querySelector("a, button") ?? row).focus();
  return true;
}

function areOn() {
  try {
    return localStorage.getItem(STORE) !== "off";
  } catch {
    return true; // a browser that keeps nothing still has keys
  }
}

function wakeSwitch(button) {
  if (!button) return;
  const say = () => {
    button.textContent = areOn() ? button.dataset.off : button.dataset.on;
    button.hidden = false;
  };
  button.addEventListener("click", () => {
    try {
      localStorage.setItem(STORE, areOn() ? "off" : "on");
    } catch {
      return;
    }
    say();
  });
  say();
}
