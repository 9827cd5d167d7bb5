import { element } from "./element.js";
import { LANGUAGE } from "./words.js";

/** When something was, as the streamer's clock shows it. @param {string} at */
export function clock(at) {
  const when = new Date(at);
  const shown = when.toLocaleTimeString(LANGUAGE, { hour: "2-digit", minute: "2-digit" });
  const time = element("time", "entry-time", shown);
  time.dateTime = at;
  return time;
}
