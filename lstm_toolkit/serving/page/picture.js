/** A pad to draw on, by pointer or keys, that takes photos as well. */

import { el, labelled } from "./dom.js";
import { Mistake, say } from "./words.js";

const SIDE = 280; // pixels of the pad's longer side
const PHOTO = 256; // pixels of a photo's longer side, more than any network here reads
const SENT = 112; // pixels of a drawing's longer side
const STEP = 1 / 24; // of the pad, for a key

/**
 * Makes a pad.
 *
 * @param {object} options `height` and `width` of the model's images, in any unit; `light` draws
 *   light on dark; `changed()` is called when something was drawn or chosen, `cleared()` when the pad is
 *   empty again; `failed(mistake)`.
 * @returns {{elements: HTMLElement[], picture: function(): HTMLCanvasElement}}
 */
export function makePad({ height, width, light, changed, cleared, failed }) {
  const scale = SIDE / Math.max(height, width);
  const canvas = el("canvas", {
    class: "pad",
    tabindex: "0",
    role: "application",
    "word-aria-label": "draw",
    "aria-describedby": "pad-keys",
    width: Math.round(width * scale),
    height: Math.round(height * scale),
  });
  const keys = el("span", { class: "hint", id: "pad-keys", word: "draw_keys" });
  const cursor = el("span", { class: "cursor", hidden: true });
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  const pen = { x: 0.5, y: 0.5, down: false };
  let photo = null;
  let drawn = false;

  function clear() {
    brush.fillStyle = light ? "#000" : "#fff";
    brush.fillRect(0, 0, canvas.width, canvas.height);
    [photo, drawn] = [null, false];
  }

  function line(x, y) {
    brush.strokeStyle = light ? "#fff" : "#000";
    brush.lineWidth = SIDE / 13;
    brush.lineCap = brush.lineJoin = "round";
    brush.beginPath();
    brush.moveTo(pen.x * canvas.width, pen.y * canvas.height);
    brush.lineTo(x * canvas.width, y * canvas.height);
    brush.stroke();
    [photo, drawn] = [null, true];
  }

  function move(x, y) {
    const [left, top] = [x, y].map((each) => Math.min(1, Math.max(0, each)));
    if (pen.down) line(left, top);
    [pen.x, pen.y] = [left, top];
    cursor.style.insetInlineStart = `${100 * left}%`;
    cursor.style.insetBlockStart = `${100 * top}%`;
  }

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  };
  const lower = (down) => {
    pen.down = down;
    cursor.classList.toggle("down", down);
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button !== 0) return;
    event.preventDefault();
    canvas.focus({ preventScroll: true });
    cursor.hidden = true;
    if (photo) clear();
    canvas.setPointerCapture(event.pointerId);
    lower(false);
    move(...place(event));
    lower(true);
    move(...place(event));
  });
  canvas.addEventListener("pointermove", (event) => {
    if (canvas.hasPointerCapture(event.pointerId)) move(...place(event));
  });
  for (const ending of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(ending, () => {
      if (pen.down) changed();
      lower(false);
    });
  }
  canvas.addEventListener("blur", () => {
    cursor.hidden = true;
    lower(false);
  });

  const steps = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
  canvas.addEventListener("keydown", (event) => {
    const [right, down] = steps[event.key] ?? [];
    if (right !== undefined) move(pen.x + right * STEP, pen.y + down * STEP);
    else if (event.key === " ") {
      if (photo) clear();
      lower(!pen.down);
      if (pen.down) move(pen.x, pen.y);
      else changed();
      say(spoken, pen.down ? "pen_down" : "pen_up");
    } else if (event.key === "Delete" || event.key === "Backspace") clearAll();
    else return;
    event.preventDefault();
    cursor.hidden = false;
  });

  async function take(file) {
    if (!file) return;
    try {
      photo = await readPhoto(file);
    } catch {
      failed(new Mistake("no_picture", { name: file.name }));
      return;
    }
    fit(photo, brush);
    drawn = true;
    changed();
  }

  const chooser = el("input", { type: "file", accept: "image/*", change: () => take(chooser.files[0]) });
  const frame = el("div", { class: "frame" }, canvas, cursor);
  frame.addEventListener("dragover", (event) => event.preventDefault());
  frame.addEventListener("drop", (event) => {
    event.preventDefault();
    take(event.dataTransfer.files[0]);
  });
  const spoken = el("span", { class: "unseen", role: "status" });
  const clearAll = () => {
    clear();
    chooser.value = "";
    cleared();
  };
  clear();
  move(pen.x, pen.y);
  return {
    elements: [
      el("div", { class: "field" }, el("span", { class: "name", word: "draw" }), keys, frame),
      spoken,
      labelled(el("span", { word: "photo" }), chooser),
      el("button", { type: "button", class: "second", word: "clear", click: clearAll }),
    ],
    picture() {
      if (!drawn) throw new Mistake("nothing_drawn");
      return photo ?? resized(canvas, SENT / SIDE);
    },
  };
}

/** Reads a picture of any kind that the browser knows, on white where it is transparent. */
async function readPhoto(file) {
  const bitmap = await createImageBitmap(file);
  return resized(bitmap, Math.min(1, PHOTO / Math.max(bitmap.width, bitmap.height)));
}

/** Shows all of a photo on the pad. */
function fit(photo, brush) {
  const { width, height } = brush.canvas;
  const scale = Math.min(width / photo.width, height / photo.height);
  const [w, h] = [photo.width * scale, photo.height * scale];
  brush.fillStyle = "#888";
  brush.fillRect(0, 0, width, height);
  brush.drawImage(photo, (width - w) / 2, (height - h) / 2, w, h);
}

function resized(source, scale) {
  const [width, height] = [source.width, source.height].map((side) => Math.max(1, Math.round(side * scale)));
  const canvas = el("canvas", { width, height });
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  brush.imageSmoothingQuality = "high";
  brush.fillStyle = "#fff";
  brush.fillRect(0, 0, width, height);
  brush.drawImage(source, 0, 0, width, height);
  return canvas;
}

/** Returns rows of grey levels, 0 to 255, each pixel the mean of those that it covers. */
export function greyRows(canvas, height = canvas.height, width = canvas.width) {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const grey = (x, y) => {
    const at = 4 * (y * canvas.width + x);
    return 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
  };
  const range = (place, count, size) => {
    const first = Math.floor((place * size) / count);
    return [first, Math.max(first + 1, Math.floor(((place + 1) * size) / count))];
  };
  const mean = (row, column) => {
    const [top, bottom] = range(row, height, canvas.height);
    const [left, right] = range(column, width, canvas.width);
    let sum = 0;
    for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += grey(x, y);
    return Math.round(sum / ((bottom - top) * (right - left)));
  };
  return Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (__, column) => mean(row, column)),
  );
}
