/** Copying an address into the clipboard. */

import { say } from "./words.js";

/**
 * Have a button copy what stands in an element.
 *
 * @param {HTMLElement} button @param {HTMLElement} shown
 */
export function copyOnClick(button, shown) {
  // Browsers give the clipboard only to pages from this very machine, or over HTTPS.
  button.hidden = !navigator.clipboard;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(shown.textContent);
    button.textContent = say("Copied");
  });
}
