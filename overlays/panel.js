/** The panel: what viewers write and see, and what the streamer alone does. */

import { ask, follow } from "./bot.js";
import { checkOnClick } from "./checks.js";
import { BACKSTAGE, listen, NOTHING, PUBLIC, reduce } from "./events.js";
import { Face } from "./face.js";
import { Figures } from "./figures.js";
import { Health } from "./health.js";
import { Log } from "./log.js";
import { Orders } from "./orders.js";
import { invite } from "./phone.js";
import { PollBox } from "./poll.js";
import { Queue } from "./queue.js";
import { connect } from "./switches.js";
import { Talk } from "./talk.js";
import { wear } from "./theme.js";
import { Tools } from "./tools.js";
import { utter, Voice } from "./voice.js";
import { say, translatePage } from "./words.js";

const SIGNED_OUT =
  "This page is not signed in. Open the panel with the address that the bot printed in the terminal.";

/** How often the bot is asked how it is, in milliseconds. */
const OFTEN = 1000;

/** After such a pause it thinks about something else, in milliseconds. */
const PAUSE = 3000;

/** How much of the model's reasoning is kept, in characters. */
const THOUGHTS = 4000;

translatePage();

const form = document.getElementById("form");
const { author, role, tips, text, send: button } = form.elements;
const log = new Log(
  document.getElementById("log"),
  document.getElementById("newest"),
  document.getElementById("gone"),
);
const orders = new Orders(document.getElementById("orders"));
const talk = new Talk(document.getElementById("stage"), await wear("bubble"));
const poll = new PollBox(document.getElementById("poll"));
let view = NOTHING;
const voice = new Voice(0);
const face = new Face(document.getElementById("face"), voice);
const speaker = document.getElementById("speaker");
let connection = "lost";
let isFollowing = false;
/** @type {import("./health.js").Status | null} */
let health = null;
let thoughtAt = 0;
const thought = document.getElementById("thought");

function receivePublic(name, data) {
  const before = view;
  view = reduce(view, name, data);
  talk.render(view);
  poll.render(view.paused ? null : view.poll, view.language);
  const pause = document.getElementById("pause");
  pause.dataset.order = view.paused ? "resume" : "pause";
  pause.textContent = say(view.paused ? "Go on" : "Pause");
  pause.setAttribute("aria-pressed", String(view.paused));
  face.render(view, name);
  if (name === "state" && speaker.dataset.isChosen === undefined) hear(data.heard === "pages");
  utter(voice, name, data);
  if (view.reply && view.reply !== before.reply) {
    log.showReply(view.reply, view.persona, view.language);
  }
  if (name === "cleared") log.cutReply();
  showStatus();
}

function receiveBackstage(name, data) {
  if (name === "comment") log.addComment(data);
  else if (name === "held") log.addHeld(data, () => approve(data));
  else if (name === "withheld") log.addWithheld(data.comment, data.reasons, () => approve(data.comment));
  else if (name === "order") orders.add(data);
  else if (name === "said") log.addSaid(data);
  else if (name === "caught-up") followAudience();
  else if (name === "thinking") think(data.text);
  else if (name === "upcoming") log.addNote(`${say("In a moment")}: ${data.text}`, "upcoming");
  else if (name === "retraction") log.retract(data);
  else log.addNote(data.text, data.level);
}

function showStatus() {
  const persona = document.getElementById("persona");
  persona.textContent = view.persona || say("VTuber bot");
  persona.lang = view.language;
  const status = document.getElementById("status");
  let [state, words] = ["open", "Connected"];
  if (connection !== "open") [state, words] = ["lost", "Connection lost, trying again…"];
  else if (health) [state, words] = [health.state, health.summary];
  else if (view.paused) [state, words] = ["paused", "Paused"];
  status.dataset.state = state;
  // The same words again would be read out again.
  if (status.textContent !== say(words)) status.textContent = say(words);
}

/** Show the model's reasoning, which viewers never see. @param {string} text */
function think(text) {
  const before = performance.now() - thoughtAt < PAUSE ? thought.textContent : "";
  thoughtAt = performance.now();
  thought.textContent = (before + text).slice(-THOUGHTS);
}

/** Let the voice be heard on this page, or not. @param {boolean} wanted */
function hear(wanted) {
  voice.volume = wanted ? 1 : 0;
  speaker.setAttribute("aria-pressed", String(wanted));
  if (!wanted) voice.hush();
}

speaker.addEventListener("click", async () => {
  speaker.dataset.isChosen = "true";
  hear(speaker.getAttribute("aria-pressed") !== "true");
  await voice.wake();
});
// A browser is silent until somebody has clicked or typed.
const wake = () => voice.wake();
voice.onmuted = () => {
  for (const name of ["pointerdown", "keydown"]) addEventListener(name, wake, { once: true });
};

/** @param {string} id @param {string} words nothing hides the alert */
function alertIn(id, words) {
  const alert = document.getElementById(id);
  alert.hidden = !words;
  alert.textContent = words;
}

/** Let a comment in that waits: as the broadcaster, whose page this is. */
async function approve({ id }) {
  const { status, data } = await ask("api/commands", { command: `ok ${id}` });
  alertIn("failure", status === 200 ? "" : (data.error ?? say("The bot did not answer.")));
}

/** What to tell the person where the bot did not take the comment; nothing where it did. */
async function send(comment) {
  const { status, data } = await ask("api/comments", comment);
  if (status === 0) {
    return say("The bot did not answer. Check that it is running, then send again.");
  }
  if (status === 202) return "";
  if (status === 401) return say(SIGNED_OUT);
  return data.error ?? `${say("The bot refused the comment.")} (${status})`;
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const sent = text.value;
  const roles = role.value ? [role.value] : [];
  const tip = tips.value ? JSON.parse(tips.value) : {};
  // While it is disabled, Enter sends nothing either: a second one would be the same comment twice.
  button.disabled = true;
  const failure = await send({ author: author.value, text: sent, roles, ...tip });
  button.disabled = false;
  alertIn("failure", failure);
  // Whoever typed on meanwhile keeps what they typed.
  if (!failure && text.value === sent) text.value = "";
  showHint();
  text.focus();
});

// Some browsers send the form on the Enter that only chooses a word in an input method.
form.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) event.preventDefault();
});

function showHint() {
  const mayCommand = ["moderator", "broadcaster"].includes(role.value);
  const words = "Only a moderator or the broadcaster can give commands.";
  document.getElementById("hint").textContent =
    text.value.startsWith("!") && !mayCommand ? say(words) : "";
}
form.addEventListener("input", showHint);

for (const choice of document.querySelectorAll("[name=scene]")) {
  choice.addEventListener("change", () => {
    document.getElementById("scene").dataset.scene = choice.value;
  });
}

if (!author.value) author.value = say("Viewer");

/** What viewers see is followed once the log holds what was before. */
function followAudience() {
  if (isFollowing) return;
  isFollowing = true;
  listen("/api/events", PUBLIC, receivePublic, (status) => {
    connection = status;
    showStatus();
  });
}

listen("api/backstage", BACKSTAGE, receiveBackstage, (status) => {
  if (status !== "lost") alertIn("signed-out", status === "refused" ? say(SIGNED_OUT) : "");
  if (status === "refused") followAudience();
});

connect(document.getElementById("board"), (failure) => alertIn("failure", failure));
const tools = new Tools(document.getElementById("tools"));
const parts = new Health(document.getElementById("health"));
follow("api/status", OFTEN, (status) => {
  health = status;
  parts.render(status);
  tools.render(status.tools);
  showStatus();
});
const queue = new Queue(
  document.getElementById("answering"),
  document.getElementById("queue"),
  document.getElementById("others"),
);
follow("api/queue", OFTEN, (told) => queue.render(told));
new Figures(document.getElementById("figures")).follow();
checkOnClick(document.getElementById("check"), document.getElementById("examination"));
invite(document.getElementById("phone"), document.getElementById("invitation"));
