/**
 * The panel's log: comments, replies and notes, in the order of things.
 *
 * @import { Comment, Reply, Retraction } from "./events.js"
 */

import { clock } from "./clock.js";
import { element, formatMembership, formatMoney, gap, platformTag } from "./element.js";
import { LANGUAGE, say } from "./words.js";

/** The oldest entries make room for new ones. */
const MOST_ENTRIES = 4000;

/** How near the end counts as reading along, in pixels. */
const NEAR = 48;

const ROLES = { broadcaster: "Broadcaster", moderator: "Moderator", member: "Member" };

/** @param {{platform: string, id: string}} comment */
const keyOf = ({ platform, id }) => `${platform} ${id}`;

/** A bounded log that follows its end for as long as the reader stays there. */
export class Log {
  #box;
  #newest;
  #gone;
  #count = 0;
  #following = true;
  #isLate = false;
  /**
   * The comments in the log, so that one that is sent again is shown once.
   * @type {Map<string, HTMLElement>}
   */
  #entries = new Map();
  /** @type {{id: number, entry: HTMLElement, text: HTMLElement, reply: Reply} | null} */
  #speaking = null;

  /**
   * @param {HTMLElement} box the scrolling element
   * @param {HTMLButtonElement} newest the way back to the end
   * @param {HTMLElement} gone how many entries have made room for new ones
   */
  constructor(box, newest, gone) {
    this.#box = box;
    this.#gone = gone;
    this.#newest = newest;
    box.addEventListener("scroll", () => {
      const isNear = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
      if (isNear) newest.hidden = true;
      // What has just come and is not caught up with is no sign of somebody who reads further up.
      this.#following = isNear || (this.#following && this.#isLate);
    });
    const leave = () => {
      this.#following = false;
    };
    box.addEventListener("wheel", ({ deltaY }) => deltaY < 0 && leave(), { passive: true });
    box.addEventListener("touchmove", leave, { passive: true });
    newest.addEventListener("click", () => this.#follow());
    new ResizeObserver(() => this.#following && this.#follow()).observe(box);
  }

  /** @param {Comment} comment */
  addComment({ platform, id, author, text, paid, membership, at, channel }) {
    const key = keyOf({ platform, id });
    if (this.#entries.has(key)) {
      this.#letIn(this.#entries.get(key), author.name, text);
      return;
    }
    const head = element("div", "entry-head");
    head.append(platformTag(platform), element("bdi", "entry-name", author.name));
    for (const role of author.roles) {
      const badge = element("span", "role", say(ROLES[role] ?? role));
      badge.dataset.role = role;
      head.append(badge);
    }
    if (paid) head.append(element("span", "paid", formatMoney(paid, LANGUAGE)));
    if (membership) head.append(element("span", "paid", formatMembership(membership, LANGUAGE)));
    head.append(clock(at));
    const body = element("p", "entry-text", text);
    body.dir = "auto";
    const entry = element("article", "entry");
    entry.dataset.key = key;
    Object.assign(entry.dataset, { platform, author: author.id, channel });
    entry.append(head, body);
    this.#entries.set(key, entry);
    // The reply's beginning is told by another feed, and may be here before what it answers.
    const isAnswered = this.#speaking?.reply.answers.some((one) => keyOf(one) === key);
    this.#append(entry, isAnswered ? this.#speaking.entry : null);
  }

  /**
   * Show the streamer a comment that waits, with a button that lets it in.
   *
   * @param {Comment} comment @param {() => void} approve
   */
  addHeld(comment, approve) {
    this.addComment(comment);
    const entry = this.#entries.get(keyOf(comment));
    if (entry.querySelector(".approve")) return;
    entry.classList.add("is-held");
    entry.append(approval(say("Let in"), approve));
  }

  /**
   * Show the streamer what viewers do not see, and why.
   *
   * @param {Comment} comment as it was written @param {string[]} reasons
   * @param {() => void} approve lets it through all the same
   */
  addWithheld(comment, reasons, approve) {
    this.addComment(comment);
    const entry = this.#entries.get(keyOf(comment));
    if (entry.classList.contains("is-withheld")) return;
    entry.classList.add("is-withheld");
    const why = element("p", "entry-why", `${say("not shown to viewers")}: `);
    why.lang = LANGUAGE;
    const told = element("span", "", reasons.join("; "));
    why.append(told);
    entry.append(why);
    if (!comment.paid && !comment.membership) {
      entry.append(approval(say("Let it through"), approve));
    }
  }

  /** What has come in needs no letting in; it stands as it was written if it came in so. */
  #letIn(entry, name, text) {
    entry.classList.remove("is-held");
    entry.querySelector(".approve")?.remove();
    if (!entry.classList.contains("is-withheld")) return;
    if (entry.querySelector(".entry-name").textContent !== name) return;
    if (entry.querySelector(".entry-text").textContent !== text) return;
    entry.classList.remove("is-withheld");
    entry.querySelector(".entry-why").remove();
  }

  /**
   * Take the words of comments that no longer stand away; who wrote stays, and that they did.
   *
   * @param {Retraction} retraction
   */
  retract({ platform, channel, comment_id: comment, author_id: author }) {
    for (const entry of this.#box.querySelectorAll(".entry[data-key]")) {
      const of = entry.dataset;
      const covered =
        of.platform === platform &&
        (!channel || of.channel === channel) &&
        (!comment || of.key === `${platform} ${comment}`) &&
        (!author || of.author === author);
      if (!covered) continue;
      const text = entry.querySelector(".entry-text");
      text.textContent = say("deleted by a moderator");
      text.lang = LANGUAGE;
      entry.querySelector(".approve")?.remove();
      entry.classList.remove("is-held");
      entry.classList.add("is-deleted");
    }
  }

  /** @param {string} text @param {string} level */
  addNote(text, level) {
    const note = element("p", "note", text);
    note.dataset.level = level;
    this.#append(note);
  }

  /**
   * Show a reply that was over before this page was opened, or while it had no connection.
   *
   * @param {Reply & {persona: string, language: string}} said
   */
  addSaid({ persona, language, ...reply }) {
    if (this.#box.querySelector(`[data-reply="${reply.id}"]`)) return;
    this.showReply({ ...reply, finished: true }, persona, language);
  }

  /**
   * Show the reply as far as it goes; a new one gets an entry of its own.
   *
   * @param {Reply} reply @param {string} persona @param {string} language
   */
  showReply(reply, persona, language) {
    if (this.#speaking?.id !== reply.id || restarted(reply, this.#speaking.reply)) {
      const entry = element("article", "entry entry-reply");
      entry.lang = language;
      entry.dataset.reply = reply.id;
      const head = element("div", "entry-head");
      head.append(element("span", "entry-name", persona));
      const names = new Set(reply.answers.map(({ author }) => author.name));
      if (names.size) {
        const whom = element("span", "entry-whom", `${say("to")} `);
        whom.append(element("bdi", "", [...names].join(", ")));
        whom.lang = LANGUAGE;
        head.append(whom);
      }
      const text = element("p", "entry-text");
      entry.append(head, text);
      this.#speaking = { id: reply.id, entry, text, reply };
      this.#append(entry);
    }
    this.#speaking.reply = reply;
    const words = reply.sentences.map((sentence, i, all) => gap(all[i - 1], sentence) + sentence);
    this.#speaking.text.textContent = words.join("") + (reply.finished ? "" : " …");
    if (this.#following) this.#follow();
  }

  /** Mark the reply that is being spoken as cut off. One that was finished has only had its time. */
  cutReply() {
    if (!this.#speaking || this.#speaking.reply.finished) return;
    const { entry, text } = this.#speaking;
    text.textContent = text.textContent.replace(/…$/, "—");
    const mark = element("span", "entry-cleared", say("taken off the screen"));
    mark.lang = LANGUAGE;
    entry.firstElementChild.append(mark);
    this.#speaking = null;
  }

  /** @param {HTMLElement} entry @param {HTMLElement | null} [before] the end, where it is none */
  #append(entry, before = null) {
    this.#box.querySelector(".log-empty")?.remove();
    this.#box.insertBefore(entry, before);
    while (this.#box.childElementCount > MOST_ENTRIES) {
      this.#entries.delete(this.#box.firstElementChild.dataset.key);
      this.#box.firstElementChild.remove();
      this.#count++;
    }
    if (this.#isLate) return;
    // Of a thousand comments a second not each is looked at: what comes in one picture comes at once.
    this.#isLate = true;
    requestAnimationFrame(() => this.#catchUp());
  }

  #catchUp() {
    this.#isLate = false;
    if (this.#following) this.#follow();
    else this.#newest.hidden = false;
    this.#gone.hidden = this.#count === 0;
    this.#gone.textContent = say("{count} earlier ones are not here any more").replace(
      "{count}",
      this.#count.toLocaleString(LANGUAGE),
    );
  }

  #follow() {
    this.#following = true;
    this.#newest.hidden = true;
    this.#box.scrollTop = this.#box.scrollHeight;
  }
}

/**
 * Whether a bot that was started again has given an old number to a new reply.
 *
 * @param {Reply} now @param {Reply} before
 */
function restarted(now, before) {
  return before.finished && !now.finished;
}

/** A button that lets a comment in. @param {string} words @param {() => void} approve */
function approval(words, approve) {
  const button = element("button", "command approve", `✔ ${words}`);
  button.type = "button";
  button.lang = LANGUAGE;
  button.addEventListener("click", approve);
  return button;
}
