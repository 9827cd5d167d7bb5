/** The start page: its words, and the overlay's address to copy into OBS. */

import { say, translatePage } from "./words.js";

translatePage();

const address = new URL("/overlay", location.href).href;
const copy = document.getElementById("copy");
document.getElementById("address").textContent = address;
// Browsers give the clipboard only to pages from this very machine, or over HTTPS.
copy.hidden = !navigator.clipboard;
copy.addEventListener("click", async () => {
  await navigator.clipboard.writeText(address);
  copy.textContent = say("Copied");
});
