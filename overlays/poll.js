/**
 * A poll in the chat, as viewers see it: what is asked, what to write, and how it stands.
 *
 * @typedef {{question: string, options: string[], votes: number[]}} Poll
 */

import { element } from "./element.js";

/** What viewers are told to do, in the character's language. */
const WRITE = { en: "Write the number in the chat", ja: "チャットに番号を書いてください" };

/** Draws a poll, and changes only what differs from what it drew before. */
export class PollBox {
  #box;
  #shown = "";

  /** @param {HTMLElement} box */
  constructor(box) {
    this.#box = box;
  }

  /** @param {Poll | null} poll @param {string} language */
  render(poll, language) {
    this.#box.hidden = !poll;
    if (!poll) {
      this.#shown = "";
      this.#box.replaceChildren();
      return;
    }
    const { question, options, votes } = poll;
    const asked = JSON.stringify([question, options, language]);
    if (asked !== this.#shown) {
      this.#shown = asked;
      this.#box.lang = language;
      const list = element("ol", "poll-options");
      list.append(...options.map(option));
      const write = WRITE[language] ?? WRITE.en;
      this.#box.replaceChildren(
        ...[element("p", "poll-question", question), list, element("p", "poll-hint", write)],
      );
    }
    const most = Math.max(1, ...votes);
    for (const [number, item] of [...this.#box.querySelectorAll("li")].entries()) {
      item.style.setProperty("--share", votes[number] / most);
      item.querySelector(".poll-votes").textContent = votes[number];
    }
  }
}

/** @param {string} text */
function option(text) {
  const item = element("li", "poll-option");
  item.append(element("bdi", "poll-text", text), element("span", "poll-votes"));
  return item;
}
