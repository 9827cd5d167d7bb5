/**
 * The bot's event feeds, and what they add up to.
 *
 * @import { Poll } from "./poll.js"
 * @typedef {{word: string, address: string}} Picture
 * @typedef {{id: string, name: string, roles: string[], colour: string, badges: string[],
 *            badge_pictures: Picture[], avatar: string}} Author
 * @typedef {{amount: string, currency: string}} Money
 * @typedef {{platform: string, id: string, author: Author, text: string,
 *            paid: Money | null, membership: Membership | null, tier: number, at: string,
 *            channel: string, emotes: Picture[]}} Comment
 * @typedef {{occasion: string, months: number, gifts: number,
 *            recipient: string}} Membership
 * @typedef {{platform: string, channel: string, comment_id: string, author_id: string}} Retraction
 * @typedef {{id: number, answers: Comment[], sentences: string[], mood: string,
 *            finished: boolean}} Reply
 * @typedef {{persona: string, language: string, sound: boolean, heard: string,
 *            face: string, credit: string, paused: boolean, looking: boolean,
 *            poll: Poll | null, reply: Reply | null}} View
 * @typedef {"open" | "lost" | "refused"} Status
 */

/** What viewers see before the bot has said anything. @type {Readonly<View>} */
export const NOTHING = Object.freeze({
  ...{ persona: "", language: "", sound: false, heard: "overlay", face: "", credit: "", paused: false, looking: false, poll: null, reply: null },
});

/** The events of the public feed; all others belong to the streamer. */
export const PUBLIC = [
  ...["state", "reply.started", "reply.sentence", "reply.sound", "reply.finished", "cleared"],
  ...["looking", "poll"],
];

/** The events of the streamer's own feed. */
export const BACKSTAGE = [
  ...["comment", "held", "withheld", "retraction", "upcoming", "note", "order"],
  ...["said", "caught-up", "thinking"],
];

/** How long to wait before asking again where the bot refused the connection, in milliseconds. */
const REFUSED_RETRY = 3000;

/**
 * The view after one more public event. Pure; what is already known changes nothing, so events
 * that the bot sends twice are harmless, and a late sentence cannot bring back a cleared reply.
 *
 * @param {View} view
 * @param {string} name
 * @param {any} data
 * @returns {View}
 */
export function reduce(view, name, data) {
  switch (name) {
    case "state":
      return { ...data };
    case "reply.started":
      if (view.reply?.id === data.id && !view.reply.finished) return view;
      return { ...view, reply: { ...data, sentences: [], mood: "", finished: false } };
    case "cleared":
      return { ...view, reply: null };
    case "looking":
      return { ...view, looking: data.on };
    case "poll":
      return { ...view, poll: data.poll };
  }
  const { reply } = view;
  if (reply?.id !== data.id) return view;
  switch (name) {
    case "reply.sentence":
      // A gap cannot be filled here; `reply.finished` and `state` bring the whole reply.
      if (reply.finished || data.position < reply.sentences.length) return view;
      return {
        ...view,
        reply: { ...reply, sentences: [...reply.sentences, data.text], mood: data.mood },
      };
    case "reply.finished":
      return { ...view, reply: { ...reply, sentences: data.sentences, finished: true } };
  }
  return view;
}

/**
 * Listen to a feed for as long as the page lives.
 *
 * @param {string} url
 * @param {string[]} names the events to pass on
 * @param {(name: string, data: any) => void} receive
 * @param {(status: Status) => void} notice called with `open`; `lost` where the connection broke;
 *   `refused` where the bot answered with an error. Either way the connection is tried again.
 * @param {{run: string, number: number}} [last] the last event that was passed on
 */
export function listen(url, names, receive, notice, last = { run: "", number: 0 }) {
  const source = new EventSource(url);
  for (const name of names) {
    source.addEventListener(name, (event) => {
      const [run, number] = event.lastEventId.split("-");
      // What is true now is told again at every connect, under the number of what came before.
      const isOld = run === last.run && Number(number) <= last.number;
      if (isOld && !["state", "caught-up"].includes(name)) return;
      Object.assign(last, { run, number: Number(number) });
      receive(name, JSON.parse(event.data));
    });
  }
  source.addEventListener("open", () => notice("open"));
  source.addEventListener("error", () => {
    // The browser tries again by itself after a broken connection, but never after an HTTP error.
    const refused = source.readyState === EventSource.CLOSED;
    notice(refused ? "refused" : "lost");
    if (refused) setTimeout(listen, REFUSED_RETRY, url, names, receive, notice, last);
  });
}
