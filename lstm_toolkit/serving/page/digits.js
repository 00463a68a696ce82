/** Drawings and photos to classes. */

import { bars, verdict } from "./bars.js";
import { el, labelled } from "./dom.js";
import { Pad } from "./pad.js";
import { makePanel } from "./panel.js";
import { greyRows, readPhoto, resized } from "./photo.js";
import { firstOf, inputName } from "./signatures.js";
import { Mistake } from "./words.js";

const DRAWN = 0.4; // of the pad's pixels, of which a drawing needs few

export function digitsPanel(model) {
  const [, height, width] = model.signatures.serving_default.inputs[0].shape;
  const signature = firstOf(model, ["any_size"]);
  const frame = signature === "any_size" ? [] : [height, width];
  // A model that brings images to its own look reads ink on paper; others get what they know.
  const light = frame.length > 0 && !model.dark_on_light;
  const pad = new Pad(height, width, { light, changed: () => panel.run() });
  const panel = makePanel(model, {
    fields: padFields(pad, () => panel),
    button: "read",
    request() {
      if (!pad.content) throw new Mistake("nothing_drawn");
      const drawing = pad.content === "drawing";
      const picture = drawing ? resized(pad.canvas, DRAWN) : pad.content;
      return { signature, inputs: { [inputName(model)]: JSON.stringify([greyRows(picture, ...frame)]) } };
    },
    show: ({ label, probability, labels, probabilities }) => [
      verdict(label[0], probability[0]),
      bars(labels[0], probabilities[0]),
    ],
  });
  return panel.element;
}

/** Makes the pad with its photo chooser and the button that clears it. */
function padFields(pad, panel) {
  const keys = el("span", { class: "hint", id: "pad-keys", word: "draw_keys" });
  const photo = el("input", { type: "file", accept: "image/*", change: () => take(photo.files[0]) });

  async function take(file) {
    if (!file) return;
    try {
      pad.show(await readPhoto(file));
    } catch {
      panel().fail(new Mistake("no_picture", { name: file.name }));
      return;
    }
    panel().run();
  }

  function clear() {
    pad.clear();
    photo.value = "";
    panel().reset();
  }

  pad.canvas.setAttribute("aria-describedby", keys.id);
  pad.canvas.addEventListener("keydown", ({ key }) => {
    if (key === "Delete" || key === "Backspace") clear();
  });
  pad.element.addEventListener("drop", (event) => {
    event.preventDefault();
    take(event.dataTransfer.files[0]);
  });
  return [
    el("div", { class: "field" }, el("span", { class: "name", word: "draw" }), keys, pad.element),
    pad.spoken,
    labelled(el("span", { word: "photo" }), photo),
    el("button", { type: "button", class: "second", word: "clear", click: clear }),
  ];
}
