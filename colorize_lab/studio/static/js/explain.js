// Explaining: where the network is unsure, and how likely each color is under the cursor.

import * as api from "./api.js";
import { $, attempt, latest } from "./dom.js";
import { store } from "./store.js";
import { isInside } from "./view.js";

const REACH = 120; // of a* and b*

export class Explain {
  isOn = false;
  #canvas;
  #follow = latest((share) => attempt(() => this.#showPoint(share)));

  constructor(canvas) {
    this.#canvas = canvas;
    store.addEventListener("photo", () => this.toggle(false));
    store.addEventListener("saved", () => this.isOn && attempt(() => this.#load()));
  }

  async toggle(isOn = !this.isOn) {
    this.isOn = isOn && Boolean(store.photo);
    $("#doubt").setAttribute("aria-pressed", this.isOn);
    $("#point").hidden = true;
    if (this.isOn) await attempt(() => this.#load());
    else this.#canvas.show({ doubt: null });
  }

  follow(share) {
    if (this.isOn && isInside(share)) this.#follow(share);
  }

  async #load() {
    await store.flush();
    const doubt = await api.drawDoubt(store.photo.id);
    if (this.isOn) this.#canvas.show({ doubt });
  }

  async #showPoint([x, y]) {
    const point = await api.readPoint(store.photo.id, x, y);
    if (!this.isOn) return;
    $("#point").hidden = false;
    drawBins($("#point canvas"), point.bins);
    const doubt = Math.round((100 * point.entropy) / point.highest);
    $("#point figcaption").textContent = `${doubt} % unsure. Each dot is a color; its size is its probability.`;
  }
}

/** Draw bins on the plane of a* (right) and b* (up). */
function drawBins(canvas, bins) {
  const context = canvas.getContext("2d");
  const half = canvas.width / 2;
  context.clearRect(0, 0, canvas.width, canvas.height);
  context.strokeStyle = "#555";
  context.strokeRect(0.5, half + 0.5, canvas.width, 0);
  context.strokeRect(half + 0.5, 0.5, 0, canvas.height);
  for (const { a, b, share } of [...bins].reverse()) {
    context.fillStyle = `lab(65 ${a} ${b})`;
    context.beginPath();
    context.arc(half + (a / REACH) * half, half - (b / REACH) * half, 1 + 22 * Math.sqrt(share), 0, 2 * Math.PI);
    context.fill();
  }
}
