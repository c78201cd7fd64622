// The brush: a stroke becomes a row of discs, of one color or of scratches to fill.

import { $ } from "./dom.js";
import { store } from "./store.js";

const MAX_POINTS = 2000;

/** The radius of the brush, in pixels of the full photo. */
export function readRadius() {
  const longest = Math.max(store.photo.width, store.photo.height);
  return Math.round(Math.max(2, longest * 0.1 * Number($("#brush-size").value) ** 2));
}

const isForScratches = () => $("#brush-scratches").checked;

export const readColor = () => ($("#brush-gray").checked ? "gray" : $("#brush-color").value);

/** Draw a stroke while it is made, and add it to the hints when it is done. */
export function paintStroke(canvas, points, isFinal) {
  if (isFinal) {
    const radius = readRadius();
    const stroke = { points: spacePoints(points, radius), radius };
    if (isForScratches()) store.change({ scratches: [...store.edit.scratches, stroke] });
    else store.change({ hints: [...store.edit.hints, { ...stroke, color: readColor() }] });
    return;
  }
  const context = $("#canvas").getContext("2d");
  const [x, y] = canvas.place(...points[points.length - 1]);
  context.fillStyle = isForScratches() ? "rgb(255 0 80 / .5)" : $("#brush-gray").checked ? "rgb(128 128 128 / .5)" : `${$("#brush-color").value}80`;
  context.beginPath();
  context.arc(x, y, (readRadius() * canvas.view.scale * canvas.view.width) / store.photo.width, 0, 2 * Math.PI);
  context.fill();
}

/** Put discs a radius apart along a path of shares. */
function spacePoints(points, radius) {
  const { width, height } = store.photo;
  const spaced = [points[0]];
  let [lastX, lastY] = points[0];
  for (const [x, y] of points.slice(1)) {
    const steps = Math.floor(Math.hypot((x - lastX) * width, (y - lastY) * height) / radius);
    for (let step = 1; step <= steps; step++) {
      spaced.push([lastX + ((x - lastX) * step) / steps, lastY + ((y - lastY) * step) / steps]);
    }
    if (steps > 0) [lastX, lastY] = [x, y];
  }
  return spaced.slice(0, MAX_POINTS);
}
