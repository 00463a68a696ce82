/** Pictures as canvases, and their grey levels. */

import { el } from "./dom.js";

const MOST = 256; // pixels of the longer side, more than any network here reads

/** Reads a picture of any kind that the browser knows; it is put on white where it is clear. */
export async function readPhoto(file) {
  const bitmap = await createImageBitmap(file);
  return resized(bitmap, Math.min(1, MOST / Math.max(bitmap.width, bitmap.height)));
}

/** Returns a picture in another size. */
export function resized(source, scale) {
  const side = (length) => Math.max(1, Math.round(length * scale));
  const canvas = el("canvas", { width: side(source.width), height: side(source.height) });
  const brush = canvas.getContext("2d", { willReadFrequently: true });
  brush.imageSmoothingQuality = "high";
  brush.fillStyle = "#fff";
  brush.fillRect(0, 0, canvas.width, canvas.height);
  brush.drawImage(source, 0, 0, canvas.width, canvas.height);
  return canvas;
}

/** Returns rows of grey levels, 0 to 255, each pixel the mean of those that it covers. */
export function greyRows(canvas, height = canvas.height, width = canvas.width) {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const grey = (x, y) => {
    const at = 4 * (y * canvas.width + x);
    return 0.299 * data[at] + 0.587 * data[at + 1] + 0.114 * data[at + 2];
  };
  const mean = (row, column) => {
    const [top, bottom] = covered(row, height, canvas.height);
    const [left, right] = covered(column, width, canvas.width);
    let sum = 0;
    for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += grey(x, y);
    return Math.round(sum / ((bottom - top) * (right - left)));
  };
  return Array.from({ length: height }, (_, row) =>
    Array.from({ length: width }, (__, column) => mean(row, column)),
  );
}

/** Returns the first pixel, and the one behind the last, under one of `count` in their place. */
function covered(place, count, size) {
  const first = Math.floor((place * size) / count);
  return [first, Math.max(first + 1, Math.floor(((place + 1) * size) / count))];
}
