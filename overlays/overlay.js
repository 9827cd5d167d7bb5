/** The overlay for OBS: shows what the public feed says, and never an error. */

import { listen, NOTHING, PUBLIC, reduce } from "./events.js";
import { Face } from "./face.js";
import { dress, lookOf, plainOf } from "./look.js";
import { PollBox } from "./poll.js";
import { isPaid, Talk } from "./talk.js";
import { wear } from "./theme.js";
import { utter, Voice } from "./voice.js";
import { LANGUAGE, say } from "./words.js";

/** How long the last words may stand while nobody can take them back, in milliseconds. */
const PATIENCE = 4000;

const stage = document.getElementById("stage");
const asked = new URLSearchParams(location.search);
const theme = await wear(lookOf(asked).theme);
const plain = plainOf(stage, theme);
const look = lookOf(asked, plain);
const talk = new Talk(stage, theme);
const voice = new Voice(look.voice / 100, { isWatched: look.face !== "no" });
const corner = document.getElementById("face");
corner.dataset.place = look.face;
corner.hidden = look.face === "no";
const face = corner.hidden ? null : new Face(corner, voice);
const box = document.getElementById("poll");
const poll = new PollBox(box);
const unmute = document.getElementById("unmute");
let view = NOTHING;
let loss = 0;
talk.language = look.language;
dress(stage, look, plain);
box.classList.toggle("is-below", (stage.dataset.place ?? "").startsWith("top"));

/** What is paid is heard once: not again where the state is told anew. */
function ring(name, data) {
  if (name !== "reply.started" || !view.sound || !look.volume || !data.answers.some(isPaid)) return;
  const sound = new Audio("/sound");
  sound.volume = look.volume / 100;
  // A browser in which nobody has clicked yet may keep silent; OBS plays it.
  sound.play().catch(() => {});
}

function receive(name, data) {
  view = reduce(view, name, data);
  ring(name, data);
  utter(voice, name, data);
  talk.render(view);
  poll.render(view.paused ? null : view.poll, look.language || view.language);
  face?.render(view, name);
  // Only now is it known what may be seen: the connection opens before the state arrives.
  for (const part of [stage, box]) part.classList.remove("is-lost");
}

function notice(status) {
  if (status === "open") {
    clearTimeout(loss);
    loss = 0;
  } else if (!loss) {
    // Hidden, not removed: what comes back after a reconnect must not make its entrance again.
    loss = setTimeout(() => {
      for (const part of [stage, box]) part.classList.add("is-lost");
    }, PATIENCE);
  }
}

// A browser is silent until somebody clicks; OBS is not.
unmute.textContent = say("Click to hear the character");
unmute.lang = LANGUAGE;
voice.onmuted = () => {
  unmute.hidden = false;
};
unmute.addEventListener("click", async () => {
  await voice.wake();
  unmute.hidden = true;
});

listen("/api/events", PUBLIC, receive, notice);
