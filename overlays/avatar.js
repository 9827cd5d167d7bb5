/** The face by itself, for a source of its own in OBS. It is silent: the overlay is heard. */

import { listen, NOTHING, PUBLIC, reduce } from "./events.js";
import { Face } from "./face.js";
import { utter, Voice } from "./voice.js";

const voice = new Voice(0, { isWatched: true });
const face = new Face(document.getElementById("face"), voice);
let view = NOTHING;

listen(
  "/api/events",
  PUBLIC,
  (name, data) => {
    view = reduce(view, name, data);
    face.render(view, name);
    utter(voice, name, data);
  },
  () => {},
);
