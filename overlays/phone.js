/** The panel on a phone: a picture for its camera. */

import { ask } from "./bot.js";
import { say } from "./words.js";

/**
 * Let a button open the invitation.
 *
 * @param {HTMLButtonElement} button @param {HTMLDialogElement} dialog
 */
export function invite(button, dialog) {
  const [picture, words] = [dialog.querySelector("img"), dialog.querySelector("p")];
  let shown = "";

  button.addEventListener("click", async () => {
    const { status, data } = await ask("api/phone", {});
    URL.revokeObjectURL(shown);
    shown = "";
    if (data.picture) {
      shown = URL.createObjectURL(new Blob([data.picture], { type: "image/svg+xml" }));
    }
    picture.hidden = !shown;
    picture.src = shown;
    if (shown) words.textContent = say("Point its camera here, within two minutes. It is good once.");
    else if (status === 200) {
      words.textContent = say(
        "Only this machine reaches the panel. Put WEB_HOST=0.0.0.0 and a WEB_TOKEN of 16 characters or more into .env, and start the bot again.",
      );
    } else words.textContent = data.error ?? say("The bot did not answer.");
    dialog.showModal();
  });
  dialog.querySelector("button").addEventListener("click", () => dialog.close());
  // What lets somebody in is not left standing on a screen.
  dialog.addEventListener("close", () => {
    URL.revokeObjectURL(shown);
    picture.removeAttribute("src");
  });
}
