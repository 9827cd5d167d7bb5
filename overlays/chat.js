/** The chat page: write to the character, and see what viewers and the streamer see. */

import { BACKSTAGE, listen, NOTHING, PUBLIC, reduce } from "./events.js";
import { Face } from "./face.js";
import { Log } from "./log.js";
import { Talk } from "./talk.js";
import { wear } from "./theme.js";
import { utter, Voice } from "./voice.js";
import { say, translatePage } from "./words.js";

const SIGNED_OUT =
  "This page is not signed in. Open the chat page with the address that the bot printed in the terminal.";

/** How long the bot may take to accept a comment, in milliseconds. */
const PATIENCE = 10_000;

translatePage();

const form = document.getElementById("form");
const { author, role, tips, text, send: button } = form.elements;
const log = new Log(document.getElementById("log"), document.getElementById("newest"));
const talk = new Talk(document.getElementById("stage"), await wear("bubble"));
let view = NOTHING;
const voice = new Voice(0);
const face = new Face(document.getElementById("face"), voice);
const speaker = document.getElementById("speaker");
let connection = "lost";
let isFollowing = false;

function receivePublic(name, data) {
  const before = view;
  view = reduce(view, name, data);
  talk.render(view);
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
  else if (name === "withheld") log.addWithheld(data.comment, data.reasons);
  else if (name === "said") log.addSaid(data);
  else if (name === "caught-up") followAudience();
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
  else if (view.paused) [state, words] = ["paused", "Paused"];
  status.dataset.state = state;
  // The same words again would be read out again.
  if (status.textContent !== say(words)) status.textContent = say(words);
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
  const failure = await send({ author: author.value, text: `!ok ${id}`, roles: ["broadcaster"] });
  alertIn("failure", failure);
}

/** What to tell the person where the bot did not take the comment; nothing where it did. */
async function send(comment) {
  let response;
  try {
    response = await fetch("api/comments", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(comment),
      signal: AbortSignal.timeout(PATIENCE),
    });
  } catch {
    return say("The bot did not answer. Check that it is running, then send again.");
  }
  if (response.ok) return "";
  if (response.status === 401) return say(SIGNED_OUT);
  // An answer that is not JSON comes from something that stands before the bot.
  const { error } = await response.json().catch(() => ({}));
  return error ?? `${say("The bot refused the comment.")} (${response.status})`;
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

for (const button of document.querySelectorAll(".command")) {
  button.addEventListener("click", () => {
    text.value = button.dataset.command ?? button.textContent;
    showHint();
    text.focus();
  });
}

for (const choice of document.querySelectorAll("[name=scene]")) {
  choice.addEventListener("change", () => {
    document.getElementById("scene").dataset.scene = choice.value;
  });
}

if (!author.value) author.value = say("Viewer");
text.focus();

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
