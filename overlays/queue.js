/**
 * Who is being answered, and who waits, in the order in which they are.
 *
 * @import { Comment } from "./events.js"
 * @typedef {{comment: Comment, viewers: number, score: number, why: string[]}} Waiting
 */

import { element, platformTag } from "./element.js";
import { say } from "./words.js";

export class Queue {
  #answering;
  #list;
  #others;
  #shown = "";

  /**
   * @param {HTMLElement} answering
   * @param {HTMLElement} list
   * @param {HTMLElement} others how many more there are
   */
  constructor(answering, list, others) {
    this.#answering = answering;
    this.#list = list;
    this.#others = others;
  }

  /** @param {{answering: Comment[], queue: Waiting[], others: number}} told */
  render(told) {
    const state = JSON.stringify(told);
    if (state === this.#shown) return;
    this.#shown = state;
    this.#answering.replaceChildren(...told.answering.map((comment) => line(comment)));
    this.#answering.hidden = told.answering.length === 0;
    this.#list.replaceChildren(...told.queue.map(waiting));
    const more = say("and {count} more").replace("{count}", String(told.others));
    this.#others.textContent = told.others ? more : say("Nobody waits.");
    this.#others.hidden = !told.others && told.queue.length > 0;
  }
}

/** @param {Comment} comment */
function line({ platform, author, text }) {
  const node = element("li", "waiting");
  const name = element("bdi", "entry-name", author.name);
  const words = element("span", "waiting-text", text);
  words.dir = "auto";
  node.append(platformTag(platform), name, words);
  return node;
}

/** @param {Waiting} one */
function waiting({ comment, why, score }) {
  const node = line(comment);
  const reasons = element("small", "waiting-why", why.join(" · "));
  reasons.title = String(score);
  node.append(reasons);
  return node;
}
