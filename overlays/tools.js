/**
 * The character's tools: a switch for each, and what was done last.
 *
 * @typedef {{tool: string, arguments: string, result: string, who: string}} Call
 * @typedef {{on: Record<string, boolean>, calls: Call[]}} Told
 */

import { element } from "./element.js";
import { say } from "./words.js";

export class Tools {
  #section;
  #shown = "";

  /** @param {HTMLElement} section with a list of switches, and one of calls */
  constructor(section) {
    this.#section = section;
  }

  /** @param {Told | undefined} told */
  render(told) {
    const now = JSON.stringify(told ?? null);
    // The same again would take the focus from a switch.
    if (now === this.#shown) return;
    this.#shown = now;
    const [switches, calls] = this.#section.querySelectorAll("ul");
    const names = Object.entries(told?.on ?? {});
    this.#section.hidden = !names.length;
    const focused = document.activeElement?.dataset.tool;
    switches.replaceChildren(...names.map(([name, isOn]) => switchOf(name, isOn)));
    switches.querySelector(`[data-tool="${CSS.escape(focused ?? "")}"]`)?.focus();
    calls.replaceChildren(...(told?.calls ?? []).map(line));
  }
}

/** @param {string} name @param {boolean} isOn */
function switchOf(name, isOn) {
  const item = element("li", "");
  const button = element("button", "copy", name);
  button.type = "button";
  button.dataset.tool = name;
  button.dataset.order = `tool ${name} ${isOn ? "off" : "on"}`;
  button.setAttribute("aria-pressed", String(isOn));
  button.title = say(isOn ? "May be used; click to forbid it" : "Is forbidden; click to allow it");
  item.append(button);
  return item;
}

/** @param {Call} call */
function line({ tool, arguments: given, result, who }) {
  const item = element("li", "tool-call");
  const asked = element("code", "", `${tool}(${given})`);
  asked.dir = "auto";
  const came = element("bdi", "", ` → ${result}`);
  item.append(asked, came);
  if (who) item.append(element("bdi", "tool-who", who));
  return item;
}
