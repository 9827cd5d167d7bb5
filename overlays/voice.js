/** The character's voice: plays sentence after sentence, and is silent at once. */

export class Voice {
  /** How loud it is, from 0 to 1; at 0 nothing is fetched. */
  volume;
  /** Whether the bot itself plays the voice: then the page is silent, and follows it only. */
  isElsewhere = false;
  /** Called when the browser lets nothing be heard before somebody has clicked. */
  onmuted = () => {};
  #isWatched;
  #context;
  #gain;
  #ear;
  #samples = new Float32Array(512);
  #endsAt = 0;
  #turn = 0;
  #last = Promise.resolve();
  /** @type {Set<AudioBufferSourceNode>} */
  #sources = new Set();

  /**
   * @param {number} volume
   * @param {{isWatched?: boolean}} [wishes] whether it is followed where it is not heard, too
   */
  constructor(volume, { isWatched = false } = {}) {
    this.volume = volume;
    this.#isWatched = isWatched;
  }

  /** Whether a sentence is being said. */
  get isHeard() {
    return this.#sources.size > 0;
  }

  /** How loud the voice is at this moment, from 0 to 1. */
  get loudness() {
    if (!this.#ear) return 0;
    this.#ear.getFloatTimeDomainData(this.#samples);
    let sum = 0;
    for (const sample of this.#samples) sum += sample * sample;
    return Math.sqrt(sum / this.#samples.length);
  }

  /**
   * Play a sentence, after the one that is playing.
   *
   * @param {string} address of its sound
   */
  speak(address) {
    if (!this.#loud && !this.#isWatched) return;
    const turn = this.#turn;
    // Fetched at once, played in order.
    const fetched = fetch(address).then((answer) => (answer.ok ? answer.arrayBuffer() : null));
    fetched.catch(() => {});
    this.#last = this.#last.then(() => this.#play(turn, fetched)).catch(() => {});
  }

  /** Be silent now, and forget what was to be said. */
  hush() {
    this.#turn++;
    this.#endsAt = 0;
    for (const source of this.#sources) source.stop();
    this.#sources.clear();
  }

  /** Let it be heard: to be called when somebody has clicked. */
  async wake() {
    await this.#open().resume();
  }

  get #loud() {
    return this.isElsewhere ? 0 : this.volume;
  }

  #open() {
    if (!this.#context) {
      this.#context = new AudioContext();
      this.#gain = new GainNode(this.#context);
      this.#gain.connect(this.#context.destination);
      this.#ear = new AnalyserNode(this.#context, { fftSize: this.#samples.length });
      this.#ear.connect(this.#gain);
    }
    return this.#context;
  }

  async #play(turn, fetched) {
    const data = await fetched;
    const context = this.#open();
    const buffer = data && (await context.decodeAudioData(data));
    if (!buffer || turn !== this.#turn) return;
    if (context.state !== "running") {
      // What was said while nobody could hear it is not caught up with.
      if (this.#loud) this.onmuted();
      return;
    }
    this.#gain.gain.value = this.#loud;
    const source = new AudioBufferSourceNode(context, { buffer });
    source.connect(this.#ear);
    const begin = Math.max(context.currentTime, this.#endsAt);
    source.start(begin);
    this.#endsAt = begin + buffer.duration;
    this.#sources.add(source);
    source.onended = () => this.#sources.delete(source);
  }
}

/**
 * Have a voice say what the public feed tells: what comes now, and never what was said before.
 *
 * @param {Voice} voice
 * @param {string} name of an event
 * @param {any} data
 */
export function utter(voice, name, data) {
  if (name === "state") voice.isElsewhere = data.heard === "device";
  if ((name === "reply.sentence" || name === "reply.sound") && data.sound) voice.speak(data.sound);
  else if (name === "cleared" || (name === "state" && (data.paused || !data.reply))) voice.hush();
}
