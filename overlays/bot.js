/** What the panel asks the bot for, and orders: the documented interface, and nothing else. */

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
  const posted = body && {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  };
  try {
    const answer = await fetch(path, { ...posted, signal: AbortSignal.timeout(PATIENCE) });
    // An answer that is not JSON comes from something that stands before the bot.
    return { status: answer.status, data: await answer.json().catch(() => ({})) };
  } catch {
    return { status: 0, data: {} };
  }
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
