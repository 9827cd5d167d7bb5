/**
 * How the overlay looks, as its address says: `/overlay?theme=caption&place=top&comments=no`.
 *
 * @import { Theme } from "./theme.js"
 * @typedef {{theme: string, place: string, size: number, width: number, font: string,
 *            accent: string, paper: string, ink: string, opacity: number, language: string,
 *            comments: string, thinking: string, face: string, volume: number, voice: number}} Look
 */

/** Where the words can stand, as on the keys of a telephone. */
export const PLACES = [
  ...["top-left", "top", "top-right"],
  ...["left", "center", "right"],
  ...["bottom-left", "bottom", "bottom-right"],
];

/** Where the character's face can be. */
export const FACES = ["no", "left", "right"];

/** In which language our own words can be; none is the character's. */
export const LANGUAGES = ["", "ja", "en"];

/**
 * What nobody has to say, as far as the theme does not say it. A width of 0 is what suits the frame.
 *
 * @type {Readonly<Look>}
 */
export const PLAIN = Object.freeze({
  theme: "bubble",
  place: "bottom",
  size: 100,
  width: 0,
  font: "",
  accent: "#d6306f",
  paper: "#fff5f9",
  ink: "#2a1633",
  opacity: 100,
  language: "",
  comments: "yes",
  thinking: "yes",
  face: "no",
  volume: 60,
  voice: 100,
});

/** The least and the most of what is a number: in hundredths of what is usual, or of the frame. */
export const LIMITS = { size: [50, 250], width: [25, 100], opacity: [0, 100], volume: [0, 100], voice: [0, 100] };

const PROPERTIES = [
  ...["--size", "--width", "--talk-font", "--talk-accent", "--talk-accent-end", "--talk-ink"],
  ...["--talk-paper", "--talk-paper-top"],
];
const COLOUR = /^#[0-9a-f]{6}$/i;
const NAME = /^[\w-]{1,40}$/;
const FONT = /^[\p{L}\p{N} _-]{1,60}$/u;

/**
 * What nobody has to say in a theme, whose style is in the page.
 *
 * @param {HTMLElement} stage not dressed yet
 * @param {Theme} theme
 * @returns {Readonly<Look>}
 */
export function plainOf(stage, { name, place }) {
  undress(stage);
  const style = getComputedStyle(stage);
  const colour = (property, usual) => {
    const value = style.getPropertyValue(property).trim();
    return COLOUR.test(value) ? value : usual;
  };
  return Object.freeze({
    ...PLAIN,
    theme: name,
    place,
    accent: colour("--talk-accent", PLAIN.accent),
    paper: colour("--talk-paper", PLAIN.paper),
    ink: colour("--talk-ink", PLAIN.ink),
  });
}

/**
 * The look that an address asks for; what it says wrong is as if it was not said.
 *
 * @param {URLSearchParams} asked
 * @param {Readonly<Look>} [plain]
 * @returns {Look}
 */
export function lookOf(asked, plain = PLAIN) {
  const look = { ...plain };
  for (const [name, value] of asked) {
    if (Object.hasOwn(PLAIN, name) && isGood(name, value)) {
      look[name] = typeof PLAIN[name] === "number" ? Number(value) : value;
    }
  }
  return look;
}

/** @param {string} name @param {string} value */
function isGood(name, value) {
  if (name === "theme") return NAME.test(value);
  if (name === "place") return PLACES.includes(value);
  if (name === "face") return FACES.includes(value);
  if (name === "language") return LANGUAGES.includes(value);
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
 * @param {Readonly<Look>} plain
 * @returns {string} with its question mark, or nothing
 */
export function askFor(look, plain) {
  const usual = { ...plain, theme: PLAIN.theme };
  const told = Object.entries(look).filter(([name, value]) => value !== usual[name]);
  return told.length ? `?${new URLSearchParams(told)}` : "";
}

/**
 * Have a stage look so.
 *
 * @param {HTMLElement} stage
 * @param {Look} look
 * @param {Readonly<Look>} plain what the theme looks like by itself
 */
export function dress(stage, look, plain) {
  undress(stage);
  stage.dataset.place = look.place;
  stage.dataset.face = look.face;
  stage.classList.toggle("is-without-comments", look.comments === "no");
  stage.classList.toggle("is-without-thinking", look.thinking === "no");
  stage.classList.toggle("is-coloured", look.accent !== plain.accent);
  const set = (name, value, isSaid) => isSaid && stage.style.setProperty(name, value);
  set("--size", String(look.size / 100), look.size !== plain.size);
  set("--width", String(look.width), look.width !== plain.width);
  set("--talk-font", `"${look.font}"`, look.font);
  set("--talk-accent", look.accent, look.accent !== plain.accent);
  set("--talk-accent-end", look.accent, look.accent !== plain.accent);
  set("--talk-ink", look.ink, look.ink !== plain.ink);
  const isPapered = look.paper !== plain.paper || look.opacity !== plain.opacity;
  const paper = translucent(look.paper, look.opacity);
  set("--talk-paper", paper, isPapered);
  set("--talk-paper-top", paper, isPapered);
}

/** @param {HTMLElement} stage */
function undress(stage) {
  for (const name of PROPERTIES) stage.style.removeProperty(name);
}

/** @param {string} colour `#rrggbb` @param {number} opacity in hundredths */
function translucent(colour, opacity) {
  const parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  return `rgb(${parts.join(" ")} / ${opacity}%)`;
}
