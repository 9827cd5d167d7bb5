/**
 * The pieces of a page that the overlay and the panel share.
 *
 * @import { Author, Membership, Money } from "./events.js"
 */

const PLATFORMS = { twitch: "Twitch", youtube: "YouTube", local: "Local" };

/** Letters and marks of scripts that are written without spaces. */
const UNSPACED = "[\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}。、！？」』）…ー〜♪]";
const UNSPACED_END = new RegExp(`${UNSPACED}$`, "u");
const UNSPACED_START = new RegExp(`^${UNSPACED}`, "u");

/**
 * A new element. Text goes in as text, so nothing that viewers write is ever markup.
 *
 * @param {string} tag
 * @param {string} className
 * @param {string} [text]
 * @returns {HTMLElement}
 */
export function element(tag, className, text = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

/**
 * The coloured tag that says where a comment was written.
 *
 * @param {string} platform
 * @returns {HTMLElement}
 */
export function platformTag(platform) {
  const tag = element("span", "platform", PLATFORMS[platform] ?? platform);
  tag.dataset.platform = platform;
  return tag;
}

const ICONS = {
  youtube:
    "M4 5h16a3 3 0 0 1 3 3v8a3 3 0 0 1-3 3H4a3 3 0 0 1-3-3V8a3 3 0 0 1 3-3z M10 8.5v7l6-3.5z",
  twitch: "M5 2h17v12l-5 5h-4l-3 3H7v-3H2V6z M11 7v5h2V7z M16 7v5h2V7z",
};

const SVG = "http://www.w3.org/2000/svg";

/**
 * The sign of a platform, for where there is little room.
 *
 * @param {string} platform
 * @returns {HTMLElement}
 */
export function platformIcon(platform) {
  if (!ICONS[platform]) return platformTag(platform);
  const icon = element("span", "platform-icon");
  icon.dataset.platform = platform;
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("aria-hidden", "true");
  const shape = document.createElementNS(SVG, "path");
  shape.setAttribute("d", ICONS[platform]);
  shape.setAttribute("fill-rule", "evenodd");
  picture.append(shape);
  icon.append(picture, element("span", "unseen", PLATFORMS[platform]));
  return icon;
}

/** Names whose platform gives them no colour have one of these, always the same. */
const NAME_COLOURS = [
  ...["#ffc4da", "#ffd28a", "#e8e58c", "#b5e8a1", "#8fe6d2", "#96d8ff", "#b9c4ff", "#e0b8ff"],
];

/** What names stand on: the dark of a comment, with a bright game shining through. */
const NAME_GROUND = luminance([55, 42, 63]);

/** @param {number[]} rgb @returns {number} by WCAG 2 */
function luminance(rgb) {
  const [red, green, blue] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/**
 * The colour in which a name is known in its chat, made so light that it can be read.
 *
 * @param {Author} author
 * @returns {string}
 */
export function nameColour({ id, colour }) {
  if (!/^#[0-9a-f]{6}$/i.test(colour ?? "")) {
    let sum = 0;
    for (const letter of id) sum = (sum * 31 + letter.codePointAt(0)) % 65536;
    return NAME_COLOURS[sum % NAME_COLOURS.length];
  }
  let rgb = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16));
  while ((luminance(rgb) + 0.05) / (NAME_GROUND + 0.05) < 4.5) {
    rgb = rgb.map((part) => Math.min(255, Math.round(part + (255 - part) * 0.15) + 1));
  }
  return `rgb(${rgb.join(" ")})`;
}

/**
 * An amount as people write it. Currencies that are no ISO 4217 code stay as the platform wrote them.
 *
 * @param {Money} paid
 * @param {string} language
 * @returns {string}
 */
export function formatMoney({ amount, currency }, language) {
  const number = Number(amount);
  if (currency === "BITS") return `${number.toLocaleString(language || undefined)} bits`;
  if (!/^[A-Z]{3}$/.test(currency)) return `${currency}${amount}`;
  const style = { style: "currency", currency, currencyDisplay: "narrowSymbol" };
  // Most super chats are whole: "€5" reads faster than "€5.00".
  if (Number.isInteger(number)) Object.assign(style, { minimumFractionDigits: 0 });
  return new Intl.NumberFormat(language || undefined, style).format(number);
}

/**
 * What a membership is announced for, in a few words.
 *
 * @param {Membership} membership
 * @param {string} language of the words: `ja` or else English
 * @returns {string}
 */
export function formatMembership({ occasion, months, gifts, recipient }, language) {
  const isJapanese = language.startsWith("ja");
  if (occasion === "gifted" && recipient) {
    return isJapanese ? `${recipient}さんへメンバーシップギフト` : `A membership for ${recipient}`;
  }
  if (occasion === "gifted") {
    if (isJapanese) return `メンバーシップギフト${gifts || 1}個`;
    return gifts > 1 ? `${gifts} memberships given` : "A membership given";
  }
  if (occasion === "received") return isJapanese ? "ギフトを受け取りました" : "Got a membership";
  if (occasion === "renewed" && months) {
    return isJapanese ? `メンバー歴${months}か月` : `Member for ${months} months`;
  }
  return isJapanese ? "新メンバー" : "New member";
}

/**
 * What stands between two sentences: nothing beside Japanese or Chinese, else a space.
 *
 * @param {string | undefined} before nothing before the first
 * @param {string} after
 * @returns {string}
 */
export function gap(before, after) {
  return !before || UNSPACED_END.test(before) || UNSPACED_START.test(after) ? "" : " ";
}
