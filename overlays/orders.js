/**
 * What moderators did, the last first, and the way back where there is one.
 *
 * @import { Comment } from "./events.js"
 * @typedef {{order: Comment, outcome: string, undo: string}} Done
 */

import { clock } from "./clock.js";
import { element, platformTag } from "./element.js";
import { say } from "./words.js";

/** The oldest make room for new ones. */
const MOST = 50;

export class Orders {
  #list;
  /** So that one that is sent again is shown once. @type {Set<string>} */
  #known = new Set();

  /** @param {HTMLElement} list in which a button's `data-order` is a command */
  constructor(list) {
    this.#list = list;
  }

  /** @param {Done} done */
  add({ order: { platform, id, author, text, at }, outcome, undo }) {
    const key = `${platform} ${id}`;
    if (this.#known.has(key)) return;
    this.#known.add(key);
    const head = element("div", "entry-head");
    head.append(platformTag(platform), element("bdi", "entry-name", author.name), clock(at));
    const typed = element("code", "order-typed", text);
    typed.dir = "auto";
    const entry = element("li", "order-done");
    entry.dataset.key = key;
    entry.append(head, typed, element("p", "order-outcome", outcome));
    if (undo) entry.append(this.#way(undo));
    this.#list.prepend(entry);
    if (this.#list.childElementCount <= MOST) return;
    this.#known.delete(this.#list.lastElementChild.dataset.key);
    this.#list.lastElementChild.remove();
  }

  /** @param {string} undo */
  #way(undo) {
    const button = element("button", "copy", `↶ ${say("Undo")}`);
    button.type = "button";
    button.title = undo;
    button.dataset.order = undo;
    return button;
  }
}
