/** Drawings and photos to classes. */

import { bars, verdict } from "./bars.js";
import { el } from "./dom.js";
import { makePanel } from "./panel.js";
import { greyRows, makePad } from "./picture.js";
import { firstOf, inputName } from "./signatures.js";
import { hush, say } from "./words.js";

export function digitsPanel(model) {
  const [, height, width] = model.signatures.serving_default.inputs[0].shape;
  const signature = firstOf(model, ["any_size"]);
  const trouble = el("p", { class: "error", role: "alert" });
  const pad = makePad({
    height,
    width,
    // A model that brings images to its own look reads ink on paper; others get what they know.
    light: signature !== "any_size" && !model.dark_on_light,
    changed() {
      hush(trouble);
      panel.run();
    },
    cleared: () => panel.reset(),
    failed: (mistake) => say(trouble, mistake.key, mistake.values),
  });
  const panel = makePanel(model, {
    fields: [...pad.elements, trouble],
    button: "read",
    request() {
      const picture = pad.picture();
      const rows = signature === "any_size" ? greyRows(picture) : greyRows(picture, height, width);
      return { signature, inputs: { [inputName(model)]: JSON.stringify([rows]) } };
    },
    show: ({ label, probability, labels, probabilities }) => [
      verdict(label[0], probability[0]),
      bars(labels[0], probabilities[0]),
    ],
  });
  return panel.element;
}
