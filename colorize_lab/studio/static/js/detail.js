// The detail: at rest, what is on the screen at full sharpness, before and after.

import * as api from "./api.js";
import { attempt, settle } from "./dom.js";
import { store } from "./store.js";

const REST_MS = 300;
const MARGIN = 0.02; // of the photo, so that a small move stays sharp

export class Detail {
  #canvas;
  #settle = settle(() => attempt(() => this.#load()), REST_MS);
  #key = "";

  constructor(canvas, preview) {
    this.#canvas = canvas;
    store.addEventListener("photo", () => this.#drop());
    store.addEventListener("edit", () => this.#drop());
    preview.addEventListener("shown", () => this.#settle());
    canvas.addEventListener("move", () => this.#settle());
  }

  #drop() {
    this.#key = "";
    this.#canvas.show({ detail: null });
  }

  async #load() {
    const { photo, edit } = store;
    const { view } = this.#canvas;
    // The preview has fewer pixels than the screen shows of the photo.
    const isSharp = !photo || view.scale * devicePixelRatio <= 1 || photo.width <= photo.preview_width;
    if (isSharp || !this.#canvas.after) return;
    const box = this.#findBox(photo);
    const key = JSON.stringify([photo.id, box, edit]);
    if (key === this.#key) return;
    this.#key = key;
    const [before, after] = await Promise.all([api.drawDetail(photo.id, null, box), api.drawDetail(photo.id, edit, box)]);
    if (key === this.#key) this.#canvas.show({ detail: { before, after, box } });
  }

  /** What is visible, rounded outward to whole pixels of the full photo. */
  #findBox({ width, height }) {
    const { view, pane } = this.#canvas;
    const [left, top] = view.toShare(0, 0);
    const [right, bottom] = view.toShare(pane.width, pane.height);
    const low = (share, size) => Math.floor(Math.max(0, share - MARGIN) * size) / size;
    const high = (share, size) => Math.ceil(Math.min(1, share + MARGIN) * size) / size;
    return { left: low(left, width), top: low(top, height), right: high(right, width), bottom: high(bottom, height) };
  }
}
