/** A pad to draw on, by pointer or by keys. */

import { el } from "./dom.js";
import { say } from "./words.js";

const SIDE = 280; // pixels of the longer side
const PEN = SIDE / 13; // its width
const STEP = 1 / 24; // of the pad, for a key
const STEPS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Pad {
  #brush;
  #paper;
  #ink;
  #changed;
  #cursor = el("span", { class: "cursor", hidden: true });
  #pen = { x: 0.5, y: 0.5, down: false };

  /** What stands on it: nothing, "drawing", or a canvas with a photo. */
  content = null;
  spoken = el("span", { class: "unseen", role: "status" });

  /**
   * @param {number} height of the model's images, in any unit
   * @param {number} width likewise
   * @param {object} options `light` draws light on dark; `changed()` is called when a line ends.
   */
  constructor(height, width, { light, changed }) {
    [this.#paper, this.#ink] = light ? ["#000", "#fff"] : ["#fff", "#000"];
    this.#changed = changed;
    const scale = SIDE / Math.max(height, width);
    this.canvas = el("canvas", {
      class: "pad",
      tabindex: "0",
      role: "application",
      "word-aria-label": "draw",
      width: Math.round(width * scale),
      height: Math.round(height * scale),
    });
    this.element = el("div", { class: "frame" }, this.canvas, this.#cursor);
    this.#brush = this.canvas.getContext("2d", { willReadFrequently: true });
    this.clear();
    this.#move(0.5, 0.5);
    this.#listen();
  }

  clear() {
    this.#fill(this.#paper);
    this.content = null;
  }

  /** Shows all of a photo. */
  show(photo) {
    const { width, height } = this.canvas;
    const scale = Math.min(width / photo.width, height / photo.height);
    const [w, h] = [photo.width * scale, photo.height * scale];
    this.#fill("#888");
    this.#brush.drawImage(photo, (width - w) / 2, (height - h) / 2, w, h);
    this.content = photo;
  }

  #fill(colour) {
    this.#brush.fillStyle = colour;
    this.#brush.fillRect(0, 0, this.canvas.width, this.canvas.height);
  }

  #listen() {
    const { canvas } = this;
    canvas.addEventListener("pointerdown", (event) => this.#begin(event));
    canvas.addEventListener("pointermove", (event) => {
      if (canvas.hasPointerCapture(event.pointerId)) this.#move(...this.#placeOf(event));
    });
    for (const ending of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(ending, () => this.#lift());
    }
    canvas.addEventListener("keydown", (event) => this.#press(event));
    canvas.addEventListener("blur", () => {
      this.#cursor.hidden = true;
      this.#lift();
    });
  }

  #begin(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    this.canvas.focus({ preventScroll: true });
    this.canvas.setPointerCapture(event.pointerId);
    this.#cursor.hidden = true;
    this.#lower(...this.#placeOf(event));
  }

  #press(event) {
    const { x, y, down } = this.#pen;
    if (event.key in STEPS) {
      const [right, below] = STEPS[event.key];
      this.#move(x + right * STEP, y + below * STEP);
    } else if (event.key === " ") {
      if (down) this.#lift();
      else this.#lower(x, y);
      say(this.spoken, down ? "pen_up" : "pen_down");
    } else return;
    event.preventDefault();
    this.#cursor.hidden = false;
  }

  /** Begins a line, with a dot. */
  #lower(x, y) {
    if (this.content !== "drawing") this.clear();
    this.#pen.down = false;
    this.#move(x, y);
    this.#pen.down = true;
    this.#move(x, y);
    this.#cursor.classList.add("down");
  }

  #lift() {
    const { down } = this.#pen;
    this.#pen.down = false;
    this.#cursor.classList.remove("down");
    if (down) this.#changed();
  }

  #move(toX, toY) {
    const [x, y] = [toX, toY].map((each) => Math.min(1, Math.max(0, each)));
    if (this.#pen.down) this.#line(x, y);
    Object.assign(this.#pen, { x, y });
    this.#cursor.style.insetInlineStart = `${100 * x}%`;
    this.#cursor.style.insetBlockStart = `${100 * y}%`;
  }

  #line(x, y) {
    const { width, height } = this.canvas;
    const brush = Object.assign(this.#brush, { strokeStyle: this.#ink, lineWidth: PEN });
    brush.lineCap = brush.lineJoin = "round";
    brush.beginPath();
    brush.moveTo(this.#pen.x * width, this.#pen.y * height);
    brush.lineTo(x * width, y * height);
    brush.stroke();
    this.content = "drawing";
  }

  #placeOf(event) {
    const box = this.canvas.getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }
}
