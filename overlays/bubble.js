/**
 * The speech bubble that viewers see.
 *
 * @import { Comment, Reply, View } from "./events.js"
 */

import { element, formatMembership, formatMoney, gap, platformTag } from "./element.js";

/** How many answered comments are shown; the others are counted. */
const MOST_COMMENTS = 3;

/** Far more sentences than fit: what was dropped had scrolled off long before. */
const MOST_SENTENCES = 40;

const GLIDE = { duration: 380, easing: "cubic-bezier(0.22, 0.8, 0.3, 1)" };

const stillness = matchMedia("(prefers-reduced-motion: reduce)");

/**
 * Draws a view, and changes only what differs from what it drew before. How long words stay is for
 * the bot to decide.
 */
export class Bubble {
  #stage;
  /** @type {{id: number, talk: HTMLElement, name: HTMLElement, page: HTMLElement,
   *          text: HTMLElement, sentences: string[]} | null} */
  #shown = null;

  /** @param {HTMLElement} stage an empty element of class `stage` */
  constructor(stage) {
    this.#stage = stage;
  }

  /** @param {View} view */
  render(view) {
    const reply = view.paused ? null : view.reply;
    if (!reply) {
      this.#blank();
      return;
    }
    this.#stage.lang = view.language;
    if (this.#shown?.id !== reply.id || !startsWith(reply.sentences, this.#shown.sentences)) {
      this.#enter(reply, view.language);
    }
    this.#shown.name.textContent = view.persona;
    this.#speak(reply.sentences);
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
    const bubble = element("div", "bubble");
    const name = element("div", "bubble-name");
    const page = element("div", "bubble-page");
    const text = element("p", "bubble-text");
    page.append(text);
    bubble.append(name, page);
    if (reply.answers.length) talk.append(answered(reply.answers, language));
    talk.append(bubble);
    if (!reply.sentences.length) {
      page.append(thinking());
      talk.classList.add("is-thinking");
    }
    this.#stage.append(talk);
    this.#shown = { id: reply.id, talk, name, page, text, sentences: [] };
  }

  /** @param {string[]} sentences */
  #speak(sentences) {
    const { page, text, sentences: spoken } = this.#shown;
    const fresh = sentences.slice(spoken.length).slice(-MOST_SENTENCES);
    if (!fresh.length) return;
    for (const node of [page, text]) node.getAnimations().forEach((motion) => motion.cancel());
    const height = { page: page.offsetHeight, text: text.offsetHeight };
    page.querySelector(".thinking")?.remove();
    this.#shown.talk.classList.remove("is-thinking");
    let before = text.lastChild?.textContent;
    for (const sentence of fresh) {
      text.append(gap(before, sentence), element("span", "sentence", sentence));
      before = sentence;
    }
    while (text.childElementCount > MOST_SENTENCES) text.firstChild.remove();
    this.#shown.sentences = sentences;
    page.style.setProperty("--newest", String(text.lastChild.getClientRects().length));
    page.classList.toggle("is-scrolled", text.offsetHeight > page.offsetHeight);
    if (height.text && !stillness.matches) glide(page, text, height);
  }
}

/**
 * Let the bubble grow, or its text move up, to where the page has already put them.
 *
 * @param {HTMLElement} page @param {HTMLElement} text
 * @param {{page: number, text: number}} before
 */
function glide(page, text, before) {
  const risen = text.offsetHeight - before.text;
  if (!risen) return;
  page.animate({ height: [`${before.page}px`, `${page.offsetHeight}px`] }, GLIDE);
  text.animate({ transform: [`translateY(${risen}px)`, "none"] }, GLIDE);
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
const isPaid = ({ paid, membership }) => Boolean(paid || membership);

/** A comment that costs nothing: as much of it as there is room for. @param {Comment} comment */
function line({ platform, author, text }) {
  const item = element("li", "answered-comment");
  item.append(...where(platform), element("bdi", "answered-name", author.name));
  item.append(element("bdi", "answered-text", text));
  return item;
}

/** One that was paid for, in the colour of the sum, and whole. */
function card({ platform, author, paid, membership, tier, text }, language) {
  const item = element("li", "answered-card");
  item.dataset.tier = paid ? tier : "member";
  const head = element("div", "card-head");
  head.append(...where(platform), element("bdi", "card-name", author.name));
  if (membership) head.append(element("span", "card-sum", formatMembership(membership, language)));
  if (paid) head.append(element("span", "card-sum", formatMoney(paid, language)));
  item.append(head);
  if (text) item.append(element("bdi", "card-text", text));
  return item;
}

/** The tag of a platform; what comes from the chat page needs none. @param {string} platform */
function where(platform) {
  return platform === "local" ? [] : [platformTag(platform)];
}

/** @param {Comment[]} comments @param {string} language */
function answered(comments, language) {
  const list = element("ul", "answered");
  const first = [...comments.filter(isPaid), ...comments.filter((one) => !isPaid(one))];
  for (const comment of first.slice(0, MOST_COMMENTS)) {
    list.append(isPaid(comment) ? card(comment, language) : line(comment));
  }
  const others = comments.length - MOST_COMMENTS;
  if (others > 0) list.append(element("li", "answered-more", `+${others}`));
  return list;
}
