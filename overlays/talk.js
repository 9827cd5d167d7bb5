/**
 * What viewers see: whom the character answers, and what it says.
 *
 * @import { Author, Comment, Reply, View } from "./events.js"
 * @import { Theme } from "./theme.js"
 */

import {
  element,
  formatMembership,
  formatMoney,
  gap,
  nameColour,
  platformIcon,
} from "./element.js";
import { avatar, badges, spelled } from "./pictures.js";

/** Far more sentences than fit on a page. */
const MOST_SENTENCES = 40;

/** What viewers are told while something is looked up. */
const LOOKING = { en: "looking it up…", ja: "調べています…" };

const GLIDE = { duration: 380, easing: "cubic-bezier(0.22, 0.8, 0.3, 1)" };

const stillness = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * Draws a view in a theme, and changes only what differs from what it drew before. How long words
 * stay is for the bot to decide.
 */
export class Talk {
  /** The language of our own words, where it is not to be the character's. */
  language = "";
  #stage;
  #theme;
  /** @type {{id: number, language: string, talk: HTMLElement, name: HTMLElement | null,
   *          page: HTMLElement, text: HTMLElement, sentences: string[]} | null} */
  #shown = null;

  /**
   * @param {HTMLElement} stage an empty element of class `stage`
   * @param {Theme} theme
   */
  constructor(stage, theme) {
    this.#stage = stage;
    this.#theme = theme;
    stage.replaceChildren();
  }

  /** @param {View} view */
  render(view) {
    const reply = view.paused ? null : view.reply;
    if (!reply) {
      this.#blank();
      return;
    }
    this.#stage.lang = view.language;
    const language = this.language || view.language;
    const shown = this.#shown;
    const goesOn = shown?.id === reply.id && shown.language === language;
    if (!goesOn || !startsWith(reply.sentences, shown.sentences)) this.#enter(reply, language);
    if (this.#shown.name) this.#shown.name.textContent = view.persona;
    this.#shown.talk.dataset.mood = reply.mood;
    this.#speak(reply.sentences);
    this.#look(view.looking, language);
  }

  /** @param {boolean} isLooking whether something is being looked up @param {string} language */
  #look(isLooking, language) {
    const dots = this.#shown.page.querySelector(".thinking");
    const words = isLooking ? (LOOKING[language] ?? LOOKING.en) : "";
    if (dots && dots.dataset.looking !== words) dots.dataset.looking = words;
  }

  /** At once and without motion: a moderator may have good reason. */
  #blank() {
    this.#shown = null;
    this.#stage.replaceChildren();
  }

  /** @param {Reply} reply @param {string} language */
  #enter(reply, language) {
    this.#blank();
    const talk = element("div", "talk");
    const { body } = new DOMParser().parseFromString(this.#theme.html, "text/html");
    talk.append(...body.childNodes);
    const part = (name) => talk.querySelector(`[data-part="${name}"]`);
    const page = part("page");
    const list = part("comments");
    if (reply.answers.length) list?.append(...answered(reply.answers, language, this.#theme.comments));
    else list?.remove();
    if (!reply.sentences.length) {
      page.append(thinking());
      talk.classList.add("is-thinking");
    }
    this.#stage.append(talk);
    this.#shown = {
      ...{ id: reply.id, language, talk, page, sentences: [] },
      ...{ name: part("name"), text: part("text") },
    };
  }

  /** @param {string[]} sentences */
  #speak(sentences) {
    const { talk, page, text, sentences: spoken } = this.#shown;
    const fresh = sentences.slice(spoken.length).slice(-MOST_SENTENCES);
    if (!fresh.length) return;
    page.getAnimations().forEach((motion) => motion.cancel());
    const height = text.childElementCount ? page.offsetHeight : 0;
    page.querySelector(".thinking")?.remove();
    talk.classList.remove("is-thinking");
    for (const sentence of fresh) turn(page, text, sentence);
    this.#shown.sentences = sentences;
    if (height && height !== page.offsetHeight && !stillness.matches) {
      page.animate({ height: [`${height}px`, `${page.offsetHeight}px`] }, GLIDE);
    }
  }
}

/**
 * Put a sentence on the page; where there is no room for it, on a new one. What was on the last has
 * been read: the bot says a sentence only then.
 *
 * @param {HTMLElement} page @param {HTMLElement} text @param {string} sentence
 */
function turn(page, text, sentence) {
  const newest = element("span", "sentence", sentence);
  text.append(gap(text.lastChild?.textContent, sentence), newest);
  page.style.setProperty("--newest", "1");
  if (text.childElementCount > 1 && text.offsetHeight > page.clientHeight + 1) {
    text.replaceChildren(newest);
  }
  page.style.setProperty("--newest", String(newest.getClientRects().length));
}

/** @param {string[]} whole @param {string[]} start */
function startsWith(whole, start) {
  return start.every((sentence, position) => whole[position] === sentence);
}

/** @returns {HTMLElement} */
function thinking() {
  const dots = element("div", "thinking");
  for (let count = 0; count < 3; count++) dots.append(element("i", ""));
  return dots;
}

/** @param {Comment} comment */
export const isPaid = ({ paid, membership }) => Boolean(paid || membership);

/**
 * A comment that costs nothing: as much of it as there is room for.
 *
 * @param {Comment} comment @param {string} language
 */
function line(comment, language) {
  const { platform, author } = comment;
  const item = element("li", "answered-comment");
  const name = element("bdi", "answered-name", author.name);
  name.style.setProperty("--name-colour", nameColour(author));
  const text = element("bdi", "answered-text");
  text.append(...spelled(comment));
  item.append(...where(platform), ...known(author, language), name, text);
  return item;
}

/** One that was paid for, in the colour of the sum, and whole. */
function card(comment, language) {
  const { platform, author, paid, membership, tier } = comment;
  const item = element("li", "answered-card");
  item.dataset.tier = paid ? tier : "member";
  const head = element("div", "card-head");
  const name = element("bdi", "card-name", author.name);
  head.append(...where(platform), ...known(author, language), name);
  if (membership) head.append(element("span", "card-sum", formatMembership(membership, language)));
  if (paid) head.append(element("span", "card-sum", formatMoney(paid, language)));
  item.append(head);
  if (comment.text) {
    const text = element("bdi", "card-text");
    text.append(...spelled(comment));
    item.append(text);
  }
  return item;
}

/** How an author is known beside the name. @param {Author} author @param {string} language */
function known(author, language) {
  return [...avatar(author), ...badges(author, language)];
}

/** The sign of a platform; what comes from the panel needs none. @param {string} platform */
function where(platform) {
  return platform === "local" ? [] : [platformIcon(platform)];
}

/**
 * Whom the character answers: those who paid first, and how many there are beside those shown.
 *
 * @param {Comment[]} comments @param {string} language @param {number} most
 */
function answered(comments, language, most) {
  const first = [...comments.filter(isPaid), ...comments.filter((one) => !isPaid(one))];
  const shown = first.slice(0, most);
  const items = shown.map((one) => (isPaid(one) ? card(one, language) : line(one, language)));
  const others = comments.length - shown.length;
  if (others > 0 && most) items.push(element("li", "answered-more", `+${others}`));
  return items;
}
