/** The switches: one click and one key each, and a line for every other command. */

import { ask } from "./bot.js";
import { say } from "./words.js";

/**
 * Give the switches their work.
 *
 * @param {HTMLElement} board which holds them: `data-order` is a command, `data-begin` the beginning
 *   of one that is typed on, and `data-key` its key
 * @param {(failure: string) => void} alarm is told what went wrong, or nothing
 */
export function connect(board, alarm) {
  const answer = board.querySelector("#answer");
  const line = board.querySelector("#order");

  async function order(command) {
    const { status, data } = await ask("api/commands", { command });
    alarm(status === 200 ? "" : (data.error ?? say("The bot did not answer.")));
    answer.textContent = data.answer ?? "";
    return status === 200;
  }

  board.addEventListener("click", ({ target }) => {
    const button = target.closest("button");
    if (button?.dataset.order) order(button.dataset.order);
    if (button?.dataset.begin) begin(button.dataset.begin);
  });

  function begin(words) {
    line.value = `${words} `;
    line.focus();
  }

  board.querySelector("form").addEventListener("submit", async (event) => {
    event.preventDefault();
    const sent = line.value;
    if (sent.trim() && (await order(sent)) && line.value === sent) line.value = "";
  });
  line.addEventListener("keydown", (event) => {
    // Some browsers send the form on the Enter that only chooses a word in an input method.
    if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.preventDefault();
    if (event.key === "Escape") line.blur();
  });

  const keys = board.querySelector("#keys");
  listKeys(board, keys.querySelector("dl"));
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input, select, textarea");
    if (isTyping || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "?") return keys.open ? keys.close() : keys.showModal();
    const button = keys.open ? null : board.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
    if (!button) return;
    event.preventDefault(); // else the letter would be typed into the line that it opens
    button.click();
  });
  board.querySelector("#help").addEventListener("click", () => keys.showModal());
  keys.querySelector("button").addEventListener("click", () => keys.close());
}

function listKeys(board, list) {
  for (const button of board.querySelectorAll("[data-key]")) {
    const term = document.createElement("dt");
    term.append(Object.assign(document.createElement("kbd"), { textContent: button.dataset.key }));
    const told = document.createElement("dd");
    told.textContent = button.title || button.textContent;
    list.append(term, told);
  }
}
