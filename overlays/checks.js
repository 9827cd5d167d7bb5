/**
 * A check-up of all parts: each finding as it comes, and at the end whether the show can begin.
 *
 * @typedef {{part: string, grade: "good" | "fair" | "bad", told: string}} Finding
 */

import { lines } from "./bot.js";
import { element } from "./element.js";
import { say } from "./words.js";

const GRADES = { good: "ok", fair: "hm", bad: "no" };

const NOT_READY = "Not ready yet: {count} to be mended.";

/** What stands in backticks is to be typed, and what is an address is to be opened. */
const PIECES = /`([^`]+)`|(https:\/\/[^\s,;()「」？?]+)/g;

/**
 * Words for people, with their commands and addresses.
 *
 * @param {string} words
 * @returns {(string | HTMLElement)[]}
 */
export function told(words) {
  const pieces = [];
  let end = 0;
  for (const match of words.matchAll(PIECES)) {
    pieces.push(words.slice(end, match.index));
    end = match.index + match[0].length;
    if (match[1]) pieces.push(element("code", "", match[1]));
    else {
      const link = element("a", "", match[2]);
      Object.assign(link, { href: match[2], target: "_blank", rel: "noopener" });
      pieces.push(link);
    }
  }
  pieces.push(words.slice(end));
  return pieces;
}

/**
 * Look at everything.
 *
 * @param {HTMLElement} list of what is found
 * @param {HTMLElement} verdict
 * @param {string} well the verdict where nothing is to be mended
 * @returns {Promise<void>}
 */
export async function check(list, verdict, well = "Ready to go live.") {
  list.replaceChildren();
  verdict.textContent = say("Looking at each part …");
  let bad = 0;
  const failure = await lines("api/check", undefined, (finding) => {
    if (finding.grade === "bad") bad += 1;
    const line = element("li", "check");
    line.dataset.grade = finding.grade;
    const words = element("span", "check-told");
    words.append(...told(finding.told));
    line.append(
      element("span", "check-grade", say(GRADES[finding.grade])),
      element("b", "check-part", finding.part),
      words,
    );
    list.append(line);
  });
  if (failure) verdict.textContent = failure;
  else if (bad) verdict.textContent = say(NOT_READY).replace("{count}", bad);
  else verdict.textContent = say(well);
}

/**
 * Let a button open a check-up.
 *
 * @param {HTMLButtonElement} button @param {HTMLDialogElement} dialog
 */
export function checkOnClick(button, dialog) {
  button.addEventListener("click", () => {
    dialog.showModal();
    check(dialog.querySelector("ul"), dialog.querySelector(".verdict"), "Nothing is to be mended.");
  });
  dialog.querySelector("button").addEventListener("click", () => dialog.close());
}
