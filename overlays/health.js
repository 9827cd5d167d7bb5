/**
 * How the show is: each part with its state in words, and the whole in a few.
 *
 * @typedef {{name: string, level: "well" | "waiting" | "ill", state: string,
 *            alive: number | null}} Part
 * @typedef {{state: string, summary: string, parts: Part[]}} Status
 */

import { element } from "./element.js";
import { LANGUAGE, say } from "./words.js";

/** A sign of life that is older than this is told, in seconds. */
const RECENT = 5;

const LEVELS = { well: "works", waiting: "is waiting", ill: "does not work" };

export class Health {
  #list;
  /** @type {Map<string, HTMLElement>} */
  #lines = new Map();

  /** @param {HTMLElement} list */
  constructor(list) {
    this.#list = list;
  }

  /** @param {Status} status */
  render({ parts }) {
    for (const name of this.#lines.keys()) {
      if (!parts.some((part) => part.name === name)) this.#remove(name);
    }
    for (const part of parts) this.#show(part);
  }

  #remove(name) {
    this.#lines.get(name)?.remove();
    this.#lines.delete(name);
  }

  /** @param {Part} part */
  #show({ name, level, state, alive }) {
    const line = this.#lines.get(name) ?? this.#add(name);
    const [mark, , told, age] = line.children;
    if (line.dataset.level !== level) {
      line.dataset.level = level;
      mark.textContent = say(LEVELS[level]);
    }
    // The same words again would be painted, and read out, again.
    if (told.textContent !== state) told.textContent = state;
    const words = alive !== null && alive >= RECENT ? `${say("last heard")} ${ago(alive)}` : "";
    if (age.textContent !== words) age.textContent = words;
  }

  #add(name) {
    const line = element("li", "part");
    const told = element("span", "part-state");
    const heading = element("b", "part-name", name);
    heading.dir = "auto";
    line.append(element("span", "part-level"), heading, told, element("small", "part-age"));
    this.#list.append(line);
    this.#lines.set(name, line);
    return line;
  }
}

/** @param {number} seconds */
function ago(seconds) {
  const words = new Intl.RelativeTimeFormat(LANGUAGE, { style: "narrow" });
  if (seconds < 90) return words.format(-Math.round(seconds), "second");
  return words.format(-Math.round(seconds / 60), "minute");
}
