/** The start page: its words, and the overlay's address to copy into OBS. */

import { copyOnClick } from "./copying.js";
import { translatePage } from "./words.js";

translatePage();

const address = document.getElementById("address");
address.textContent = new URL("/overlay", location.href).href;
copyOnClick(document.getElementById("copy"), address);
