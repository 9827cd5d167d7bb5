/** The set-up page: questions, what is saved of the answers, and a check-up of it all. */

import { ask, lines } from "./bot.js";
import { check, told } from "./checks.js";
import { element } from "./element.js";
import { say, translatePage } from "./words.js";

const SIGNED_OUT =
  "This page is not signed in. Open it with the address that the bot printed in the terminal.";

/** What is in the address once the answers are kept, and the page has come again. */
const SAVED = "#saved";

translatePage();

const form = document.getElementById("form");
const save = document.getElementById("save");
const done = document.getElementById("done");
const signIn = document.getElementById("sign-in");

/** @param {string} words nothing hides the alert */
function fail(words) {
  const alert = document.getElementById("failure");
  alert.hidden = !words;
  alert.textContent = words;
}

/** The field in which a question is answered. */
function field({ key, proposed, choices, is_open: isOpen, is_secret: isSecret }) {
  if (!isOpen) {
    const select = document.createElement("select");
    select.append(...choices.map((choice) => new Option(choice, choice, false, choice === proposed)));
    return [select];
  }
  const input = document.createElement("input");
  Object.assign(input, { type: isSecret ? "password" : "text", value: proposed, maxLength: 200 });
  if (!choices.length) return [input];
  const list = element("datalist", "");
  list.id = `${key}-choices`;
  list.append(...choices.map((choice) => new Option(choice)));
  input.setAttribute("list", list.id);
  return [input, list];
}

function show(question) {
  const line = element("div", "question");
  const label = element("label", "");
  label.append(...told(question.text));
  const [input, ...others] = field(question);
  input.name = input.id = question.key;
  label.htmlFor = input.id;
  line.append(label, input, ...others, element("small", "", question.key));
  document.getElementById("questions").append(line);
}

/** The client id is of use only to those who have a channel there. */
function hideWhatIsOfNoUse() {
  const channel = form.elements.TWITCH_CHANNEL.value.trim();
  form.elements.TWITCH_CLIENT_ID.closest(".question").hidden = !channel;
}

async function begin() {
  const { status, data } = await ask("api/setup");
  if (status !== 200) {
    fail(status === 401 ? say(SIGNED_OUT) : (data.error ?? say("The bot did not answer.")));
    return;
  }
  data.questions.forEach(show);
  hideWhatIsOfNoUse();
  form.addEventListener("input", hideWhatIsOfNoUse);
  save.disabled = false;
  if (location.hash !== SAVED) return;
  const words = data.first ? "Saved." : "Saved. It holds from the next start of the bot on.";
  document.getElementById("saved").textContent = say(words);
  document.getElementById("result").hidden = false;
  document.getElementById("twitch").hidden = !data.first || !form.elements.TWITCH_CLIENT_ID.value;
  done.hidden = !data.first;
  await check(document.getElementById("checks"), document.getElementById("verdict"));
}

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  save.disabled = true;
  const answers = Object.fromEntries(new FormData(form));
  const { status, data } = await ask("api/setup", { answers });
  save.disabled = false;
  if (status !== 200) {
    fail(data.error ?? say("The bot did not answer."));
    document.getElementById("failure").scrollIntoView({ block: "nearest" });
    return;
  }
  // The page comes again: perhaps in another language.
  location.hash = SAVED;
  location.reload();
});

signIn.addEventListener("click", async () => {
  const words = document.getElementById("signing-in");
  signIn.disabled = true;
  words.textContent = say("Asking Twitch …");
  const failure = await lines("api/setup/twitch", {}, (line) => {
    if (line.address) {
      words.replaceChildren(`${say("Open this page, and agree there:")} `, ...told(line.address));
    } else words.textContent = line.told;
  });
  if (failure) words.textContent = failure;
  signIn.disabled = false;
  await check(document.getElementById("checks"), document.getElementById("verdict"));
});

done.addEventListener("click", async () => {
  const { status } = await ask("api/setup/done", {});
  if (status !== 200) {
    fail(say("The bot did not answer."));
    return;
  }
  const words = say("The bot goes on in its window. You can close this page.");
  document.querySelector("main").replaceChildren(element("p", "verdict", words));
});

await begin();
