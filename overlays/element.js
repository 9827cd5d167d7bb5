/**
 * The pieces of a page that the overlay and the chat page share.
 *
 * @import { Membership, Money } from "./events.js"
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
export function formatMembership({ occasion, months, gifts }, language) {
  const isJapanese = language.startsWith("ja");
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
