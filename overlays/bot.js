/** What the panel asks the bot for, and orders: the documented interface, and nothing else. */

import { say } from "./words.js";

/** How long the bot may take to answer, in milliseconds. */
const PATIENCE = 10_000;

/**
 * Ask the bot.
 *
 * @param {string} path below the page's own
 * @param {unknown} [body] what is posted; nothing to read only
 * @returns {Promise<{status: number, data: any}>} status 0 where it did not answer
 */
export async function ask(path, body) {
  try {
    const answer = await fetch(path, { ...posted(body), signal: AbortSignal.timeout(PATIENCE) });
    // An answer that is not JSON comes from something that stands before the bot.
    return { status: answer.status, data: await answer.json().catch(() => ({})) };
  } catch {
    return { status: 0, data: {} };
  }
}

/**
 * Ask for something that takes its time, and is told in lines of JSON.
 *
 * @param {string} path below the page's own
 * @param {unknown} body what is posted; nothing to read only
 * @param {(line: any) => void} receive
 * @returns {Promise<string>} what went wrong, in words; nothing where nothing did
 */
export async function lines(path, body, receive) {
  try {
    const answer = await fetch(path, posted(body));
    if (!answer.ok) {
      const { error } = await answer.json().catch(() => ({}));
      return error ?? say("The bot did not answer.");
    }
    const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
    let rest = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return "";
      const told = (rest + value).split("\n");
      rest = told.pop();
      for (const line of told.map((one) => JSON.parse(one))) {
        if (line.error) return line.error;
        receive(line);
      }
    }
  } catch {
    return say("The bot did not answer.");
  }
}

/** @param {unknown} body @returns {RequestInit} */
function posted(body) {
  return body
    ? {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      }
    : {};
}

/**
 * Ask again and again, one answer after the other.
 *
 * @param {string} path
 * @param {number} every how often, in milliseconds
 * @param {(data: any) => void} receive
 */
export async function follow(path, every, receive) {
  const { status, data } = await ask(path);
  if (status === 200) receive(data);
  setTimeout(follow, every, path, every, receive);
}
