/**
 * Pictures from the network. Each is a word until it is there, and stays one where it never comes.
 *
 * @import { Author, Comment, Picture } from "./events.js"
 */

import { element } from "./element.js";

/** Badges that are shown beside a name at most. */
const MOST_BADGES = 3;

const ROLES = {
  en: { broadcaster: "Host", moderator: "Mod", vip: "VIP", member: "Member" },
  ja: { broadcaster: "配信者", moderator: "モデレーター", vip: "VIP", member: "メンバー" },
};

/**
 * A comment's text, with pictures for the words that are emotes.
 *
 * @param {Comment} comment
 * @returns {(Node | string)[]}
 */
export function spelled({ text, emotes = [] }) {
  if (!emotes.length) return [text];
  const pictures = new Map(emotes.map((emote) => [emote.word, emote]));
  const longestFirst = [...pictures.keys()].sort((one, other) => other.length - one.length);
  const words = new RegExp(`(${longestFirst.map(pattern).join("|")})`, "u");
  return text
    .split(words)
    .filter(Boolean)
    .map((part) => (pictures.has(part) ? pictured("emote", pictures.get(part), part) : part));
}

/** A name is an emote only where it stands alone; `:name:` is one everywhere. */
function pattern(word) {
  const escaped = word.replace(/[.*+?^${}()|[\]\\/-]/g, "\\$&");
  return /^[\w]+$/.test(word) ? `(?<![^\\s])${escaped}(?![^\\s])` : escaped;
}

/**
 * What the platform says of an author: badges, or a word for what matters most of it.
 *
 * @param {Author} author
 * @param {string} language
 * @returns {HTMLElement[]}
 */
export function badges({ roles, badges: names = [], badge_pictures: pictures = [] }, language) {
  if (pictures.length) {
    return pictures.slice(0, MOST_BADGES).map((badge) => pictured("badge", badge));
  }
  const words = ROLES[language] ?? ROLES.en;
  const role = Object.keys(words).find((name) => roles.includes(name) || names.includes(name));
  return role ? [element("span", "role", words[role])] : [];
}

/**
 * The picture that an author has chosen, where that is to be seen.
 *
 * @param {Author} author
 * @returns {HTMLElement[]}
 */
export function avatar({ avatar: address }) {
  return address ? [pictured("avatar", { word: "", address })] : [];
}

/** @param {string} kind @param {Picture} picture @param {string} [until] shown until it is there */
function pictured(kind, { word, address }, until = "") {
  const holder = element("span", kind, until);
  const image = new Image();
  image.alt = word;
  image.referrerPolicy = "no-referrer";
  image.addEventListener("load", () => holder.replaceChildren(image));
  image.src = address;
  return holder;
}
