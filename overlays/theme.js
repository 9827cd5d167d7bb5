/**
 * A theme of the overlay: its elements, its style, and what it says of itself.
 *
 * @typedef {{name: string, html: string, place: string, comments: number, problem: string}} Theme
 */

/** How long to wait before asking for a theme again, in milliseconds: the bot may be starting. */
const RETRY = 1000;

const STYLE = "theme-style";

/**
 * Fetch a theme, and put its style into the page; the default one where it cannot be used.
 *
 * @param {string} name
 * @returns {Promise<Theme>}
 */
export async function wear(name) {
  const theme = await fetched(name);
  await styled(`/themes/${theme.name}/theme.css`);
  return theme;
}

/** @param {string} name @returns {Promise<Theme>} */
async function fetched(name) {
  for (;;) {
    try {
      const response = await fetch(`/themes/${encodeURIComponent(name)}`);
      if (response.ok) return await response.json();
    } catch {
      // The bot is not there: it is asked again.
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY));
  }
}

/** @param {string} address of a style that takes the place of the last theme's */
function styled(address) {
  const link = document.createElement("link");
  Object.assign(link, { rel: "stylesheet", href: address, id: STYLE });
  const loaded = new Promise((resolve) => {
    link.onload = link.onerror = resolve;
  });
  document.getElementById(STYLE)?.remove();
  document.head.append(link);
  return loaded;
}
