/** A line of what is known and of what is foretold, with an interval where there is one. */

import { svg } from "./dom.js";
import { say } from "./words.js";

const HEIGHT = 240;
const MARGIN = { left: 54, right: 12, top: 12, bottom: 14 };
const SHOWN = 4; // times as many known values as foretold ones at most

/** Makes a chart; `lower` and `upper` may be null. */
export function chart({ known, forecast, lower, upper, width }) {
  const recent = known.slice(-Math.max(SHOWN * forecast.length, 24));
  const now = recent.length - 1;
  const drawn = [...recent, ...forecast, ...(lower ?? []), ...(upper ?? [])].filter(Number.isFinite);
  const [least, most] = [Math.min(...drawn), Math.max(...drawn)];
  const span = most - least || 1;
  const across = width - MARGIN.left - MARGIN.right;
  const x = (step) => MARGIN.left + (step / (now + forecast.length)) * across;
  const y = (value) => MARGIN.top + ((most - value) / span) * (HEIGHT - MARGIN.top - MARGIN.bottom);
  const point = (step, value) => `${x(step).toFixed(1)} ${y(value).toFixed(1)}`;
  const path = (values, from) =>
    `M${values.map((value, step) => point(from + step, value)).join("L")}`;

  const root = svg("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, class: "chart", role: "img" });
  for (const value of ticks(least, most)) {
    root.append(
      svg("line", { class: "grid", x1: MARGIN.left, x2: width - MARGIN.right, y1: y(value), y2: y(value) }),
      svg("text", { x: MARGIN.left - 6, y: y(value) + 4, "text-anchor": "end" }, short(value)),
    );
  }
  if (lower && upper) {
    const back = [...lower].reverse().map((value, step) => [now + lower.length - step, value]);
    const edge = back.map(([step, value]) => point(step, value)).join("L");
    root.append(svg("path", { class: "band", d: `${path(upper, now + 1)}L${edge}Z` }));
  }
  root.append(
    svg("line", { class: "now", x1: x(now), x2: x(now), y1: MARGIN.top, y2: HEIGHT - MARGIN.bottom }),
    svg("path", { class: "known", d: path(recent, 0) }),
    svg("path", { class: "foretold", d: path([recent[now], ...forecast], now) }),
  );
  const [first, last] = [short(forecast[0]), short(forecast.at(-1))];
  say(root, "chart", { known: recent.length, steps: forecast.length, first, last }, "aria-label");
  return root;
}

/** Returns a number with at most four digits that count. */
export const short = (value) => String(Number(Number(value).toPrecision(4)));

/** Returns round values between two. */
function ticks(least, most) {
  const rough = (most - least || 1) / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].find((each) => each * power >= rough) * power;
  const values = [];
  for (let value = Math.ceil(least / step) * step; value <= most; value += step) values.push(value);
  return values;
}
