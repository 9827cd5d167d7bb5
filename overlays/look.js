/**
 * How the overlay looks, as its address says: `/overlay?place=top-left&size=120&comments=no`.
 *
 * @typedef {{place: string, size: number, width: number, font: string, accent: string,
 *            paper: string, ink: string, opacity: number, comments: string,
 *            thinking: string}} Look
 */

/** Where the words can stand, as on the keys of a telephone. */
export const PLACES = [
  ...["top-left", "top", "top-right"],
  ...["left", "center", "right"],
  ...["bottom-left", "bottom", "bottom-right"],
];

/** What nobody has to say. A width of 0 is what suits the frame. @type {Readonly<Look>} */
export const PLAIN = Object.freeze({
  place: "bottom",
  size: 100,
  width: 0,
  font: "",
  accent: "#d6306f",
  paper: "#fff5f9",
  ink: "#2a1633",
  opacity: 100,
  comments: "yes",
  thinking: "yes",
});

/** The least and the most of what is a number: in hundredths of what is usual, or of the frame. */
export const LIMITS = { size: [50, 250], width: [25, 100], opacity: [0, 100] };

const COLOUR = /^#[0-9a-f]{6}$/i;
const FONT = /^[\p{L}\p{N} _-]{1,60}$/u;

/**
 * The look that an address asks for; what it says wrong is as if it was not said.
 *
 * @param {URLSearchParams} asked
 * @returns {Look}
 */
export function lookOf(asked) {
  const look = { ...PLAIN };
  for (const [name, value] of asked) {
    if (Object.hasOwn(PLAIN, name) && isGood(name, value)) {
      look[name] = typeof PLAIN[name] === "number" ? Number(value) : value;
    }
  }
  return look;
}

/** @param {string} name @param {string} value */
function isGood(name, value) {
  if (name === "place") return PLACES.includes(value);
  if (name === "font") return FONT.test(value);
  if (name in LIMITS) {
    const [least, most] = LIMITS[name];
    return /^\d{1,3}$/.test(value) && Number(value) >= least && Number(value) <= most;
  }
  return typeof PLAIN[name] === "string" && PLAIN[name].startsWith("#")
    ? COLOUR.test(value)
    : ["yes", "no"].includes(value);
}

/**
 * What an address has to ask for, to look so.
 *
 * @param {Look} look
 * @returns {string} with its question mark, or nothing
 */
export function askFor(look) {
  const told = Object.entries(look).filter(([name, value]) => value !== PLAIN[name]);
  return told.length ? `?${new URLSearchParams(told)}` : "";
}

/** Have a stage look so. @param {HTMLElement} stage @param {Look} look */
export function dress(stage, look) {
  stage.dataset.place = look.place;
  stage.classList.toggle("is-without-comments", look.comments === "no");
  stage.classList.toggle("is-without-thinking", look.thinking === "no");
  const set = (name, value, plain) => {
    if (value === plain) stage.style.removeProperty(name);
    else stage.style.setProperty(name, value);
  };
  set("--size", String(look.size / 100), "1");
  set("--width", String(look.width), "0");
  set("--stage-font", look.font && `"${look.font}"`, "");
  set("--peony", look.accent, PLAIN.accent);
  set("--plum", look.accent, PLAIN.accent);
  set("--bubble-ink", look.ink, PLAIN.ink);
  const isPlain = look.paper === PLAIN.paper && look.opacity === PLAIN.opacity;
  const paper = isPlain ? "" : translucent(look.paper, look.opacity);
  set("--bubble-top", paper, "");
  set("--bubble-bottom", paper, "");
}

/** @param {string} colour `#rrggbb` @param {number} opacity in hundredths */
function translucent(colour, opacity) {
  const parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return `rgb(${parts.join(" ")} / ${opacity}%)`;
}
