/** The start page: its words, and the overlay's address to copy into OBS. */

import { copyOnClick } from "./copying.js";
import { listen } from "./events.js";
import { translatePage } from "./words.js";

translatePage();

const address = document.getElementById("address");
address.textContent = new URL("/overlay", location.href).href;
copyOnClick(document.getElementById("copy"), address);

// Whoever lent the voice wants to be named, in the stream's description as well.
const credit = document.getElementById("credit");
listen(
  "/api/events",
  ["state"],
  (_, state) => {
    credit.textContent = state.credit;
    document.getElementById("voice").hidden = !state.credit;
  },
  () => {},
);
copyOnClick(document.getElementById("copy-credit"), credit);
