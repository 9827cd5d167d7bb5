/** The page on which the streamer chooses how the overlay looks, and copies its address for OBS. */

import { copyOnClick } from "./copying.js";
import { NOTHING } from "./events.js";
import { Face } from "./face.js";
import { askFor, dress, LIMITS, lookOf, PLACES, plainOf } from "./look.js";
import { Talk } from "./talk.js";
import { wear } from "./theme.js";
import { Voice } from "./voice.js";
import { LANGUAGE, say, translatePage } from "./words.js";

translatePage();

const form = document.getElementById("form");
const scene = document.getElementById("scene");
const stage = document.getElementById("stage");
const pondering = document.getElementById("pondering");
const problem = document.getElementById("problem");
const isJapanese = LANGUAGE === "ja";

/** @param {string} name @param {string} text @param {object} [more] */
function comment(name, text, more = {}) {
  const author = { id: name, name, roles: [] };
  return { platform: "youtube", id: name, author, text, paid: null, membership: null, ...more };
}

const ANSWERS = isJapanese
  ? [
      comment("みか", "配信いつも楽しみにしてます！", {
        paid: { amount: "1000", currency: "JPY" },
        tier: 4,
      }),
      comment("あき", "", { membership: { occasion: "gifted", months: 0, gifts: 5 } }),
      comment("tetsu", "今日は何するの？", { platform: "twitch" }),
    ]
  : [
      comment("Mika", "I look forward to every stream!", {
        paid: { amount: "10", currency: "USD" },
        tier: 4,
      }),
      comment("Aki", "", { membership: { occasion: "gifted", months: 0, gifts: 5 } }),
      comment("tetsu", "What are we doing today?", { platform: "twitch" }),
    ];
const SENTENCES = isJapanese
  ? ["みかさん、ありがとう！", "今日はね、みんなでのんびりおしゃべりするよ。"]
  : ["Thank you, Mika!", "Today we take our time and talk about whatever comes up."];

for (const place of PLACES) {
  const choice = document.createElement("input");
  Object.assign(choice, { type: "radio", name: "place", value: place, title: say(place) });
  choice.setAttribute("aria-label", say(place));
  document.getElementById("places").append(choice);
}

const corner = document.getElementById("face");
const face = new Face(corner, new Voice(0));
let talk;
let plain;

/** @param {string} name of the theme that is to be seen */
async function put(name) {
  const theme = await wear(name);
  problem.hidden = !theme.problem;
  problem.textContent = theme.problem;
  plain = plainOf(stage, theme);
  talk = new Talk(stage, theme);
}

/** @returns {import("./look.js").Look} */
function chosen() {
  const look = { ...plain };
  for (const name of Object.keys(plain)) {
    const field = form.elements[name];
    if (field.type === "checkbox") look[name] = field.checked ? "yes" : "no";
    else if (name in LIMITS) look[name] = Number(field.value);
    else look[name] = field.value.trim();
  }
  // What the frame suggests need not be said.
  if (form.elements.width.dataset.isPlain) look.width = plain.width;
  return lookOf(new URLSearchParams(askFor(look, plain)), plain);
}

/** @param {import("./look.js").Look} look */
function choose(look) {
  for (const [name, value] of Object.entries(look)) {
    const field = form.elements[name];
    if (field.type === "checkbox") field.checked = value === "yes";
    else field.value = value;
  }
  const { width } = form.elements;
  if (look.width) delete width.dataset.isPlain;
  else Object.assign(width, { value: "72" }).dataset.isPlain = "true";
}

function draw() {
  const look = chosen();
  dress(stage, look, plain);
  const sentences = pondering.checked ? [] : SENTENCES;
  const mood = pondering.checked ? "" : document.getElementById("mood").value;
  const reply = { id: pondering.checked ? 1 : 2, answers: ANSWERS, sentences, mood, finished: false };
  talk.language = look.language;
  const [persona, pictures] = isJapanese ? ["牡丹", "botan"] : ["Wren", "wren"];
  talk.render({ ...NOTHING, persona, language: LANGUAGE, reply });
  corner.dataset.place = look.face;
  corner.hidden = look.face === "no";
  face.render({ ...NOTHING, face: pictures, reply }, "reply.sentence");
  const asked = askFor(look, plain);
  document.getElementById("address").textContent = new URL(`/overlay${asked}`, location.href).href;
  history.replaceState(null, "", location.pathname + asked);
}

form.addEventListener("input", ({ target }) => {
  if (target.name === "width") delete target.dataset.isPlain;
  draw();
});
form.addEventListener("submit", (event) => event.preventDefault());
pondering.addEventListener("input", draw);
document.getElementById("mood").addEventListener("input", draw);
document.getElementById("plain").addEventListener("click", () => {
  choose(plain);
  draw();
});
form.elements.theme.addEventListener("input", async (event) => {
  // What was chosen for another theme may not suit this one: it begins as its maker meant it.
  event.stopPropagation();
  await put(form.elements.theme.value);
  choose(plain);
  draw();
});
document.getElementById("upright").addEventListener("input", ({ target }) => {
  scene.classList.toggle("is-upright", target.checked);
});
for (const choice of document.querySelectorAll("[name=scene]")) {
  choice.addEventListener("change", () => {
    scene.style.removeProperty("background");
    scene.dataset.scene = choice.value;
  });
}
document.getElementById("picture").addEventListener("change", ({ target }) => {
  const [picture] = target.files;
  if (picture) scene.style.background = `center / cover url("${URL.createObjectURL(picture)}")`;
});
copyOnClick(document.getElementById("copy"), document.getElementById("address"));

const asked = new URLSearchParams(location.search);
for (const { name, title, title_ja } of await (await fetch("/themes")).json()) {
  form.elements.theme.append(new Option((isJapanese && title_ja) || title, name));
}
const wanted = lookOf(asked).theme;
await put(wanted);
choose(lookOf(asked, plain));
form.elements.theme.value = plain.theme;
draw();
