/**
 * The character's face: pictures that breathe, blink, and open the mouth with the voice.
 *
 * @import { View } from "./events.js"
 * @import { Voice } from "./voice.js"
 * @typedef {{still: string, talk: string, blink: string}} Pictures
 */

import { element } from "./element.js";

/** How loud a voice is, from 0 to 1, where the mouth opens. */
const LOUD = 0.04;

/** Without a voice the mouth moves for as long as a sentence is read: in milliseconds a letter. */
const LETTER = 90;
const FLAP = 140;

/** How long eyes stay open, and shut, in milliseconds. */
const AWAKE = [2200, 5200];
const SHUT = 130;

/** How long a picture is seen at least, in milliseconds: a mouth does not flicker. */
const HELD = 70;

const stillness = matchMedia("(prefers-reduced-motion: reduce)");

export class Face {
  #host;
  #voice;
  #head = element("div", "face-head");
  /** @type {Map<string, Pictures>} */
  #moods = new Map();
  /** @type {Map<string, HTMLImageElement>} */
  #images = new Map();
  #name = "";
  #mood = "";
  #isAsleep = false;
  #blinksAt = 0;
  #changesAt = 0;
  #speaksUntil = 0;
  #shown = null;

  /**
   * @param {HTMLElement} host an empty element of class `face`
   * @param {Voice} voice whose loudness the mouth follows
   */
  constructor(host, voice) {
    this.#host = host;
    this.#voice = voice;
    host.append(this.#head);
    const frame = (now) => {
      this.#draw(now);
      requestAnimationFrame(frame);
    };
    requestAnimationFrame(frame);
  }

  /** Look as a view says. @param {View} view @param {string} name of the event that led to it */
  render(view, name) {
    if (view.face !== this.#name) this.#wear(view.face);
    const reply = view.paused ? null : view.reply;
    this.#isAsleep = view.paused;
    this.#mood = reply?.mood ?? "";
    this.#host.dataset.looks = reply?.answers.length ? "comments" : "ahead";
    if (name === "reply.sentence" && reply) {
      const letters = [...(reply.sentences.at(-1) ?? "")].length;
      this.#speaksUntil = performance.now() + letters * LETTER;
    } else if (!reply) {
      this.#speaksUntil = 0;
    }
  }

  /** @param {string} name of the character's folder; nothing for a character without a face */
  async #wear(name) {
    this.#name = name;
    this.#moods.clear();
    this.#images.clear();
    this.#head.replaceChildren();
    this.#shown = null;
    if (!name) return;
    const answer = await fetch(`/faces/${encodeURIComponent(name)}`).catch(() => null);
    const told = answer?.ok ? await answer.json() : null;
    if (name !== this.#name) return;
    if (!told) this.#name = ""; // the bot has gone in between: it is asked again with the next event
    for (const [mood, pictures] of Object.entries(told ?? {})) {
      this.#moods.set(mood, pictures);
      for (const file of Object.values(pictures)) this.#load(name, file);
    }
  }

  #load(name, file) {
    if (this.#images.has(file)) return;
    const image = new Image();
    image.alt = "";
    image.className = "face-picture";
    image.src = `/faces/${encodeURIComponent(name)}/${file}`;
    this.#images.set(file, image);
    this.#head.append(image);
  }

  #draw(now) {
    if (now < this.#changesAt) return;
    const file = this.#file(now);
    const image = this.#images.get(file) ?? null;
    if (image === this.#shown || (image && !image.complete)) return;
    this.#shown?.classList.remove("is-shown");
    image?.classList.add("is-shown");
    this.#shown = image;
    this.#changesAt = now + HELD;
    this.#host.dataset.picture = file ?? "";
  }

  /** Which picture is to be seen now. @param {number} now */
  #file(now) {
    const asleep = this.#isAsleep && this.#moods.get("sleep");
    if (asleep) return asleep.still;
    const pictures = this.#moods.get(this.#mood) ?? this.#moods.get("face");
    if (!pictures) return undefined;
    if (this.#talks(now)) return pictures.talk;
    if (stillness.matches) return pictures.still;
    if (now > this.#blinksAt + SHUT) {
      this.#blinksAt = now + AWAKE[0] + Math.random() * (AWAKE[1] - AWAKE[0]);
    }
    return now > this.#blinksAt ? pictures.blink : pictures.still;
  }

  #talks(now) {
    if (this.#voice.isHeard) return this.#voice.loudness > LOUD;
    if (stillness.matches) return now < this.#speaksUntil;
    return now < this.#speaksUntil && Math.floor(now / FLAP) % 2 === 0;
  }
}
