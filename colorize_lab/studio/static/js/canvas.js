// The canvas: before and after, with a divider, side by side, or one of them.

import { $ } from "./dom.js";
import { View, isInside } from "./view.js";

// From here on pixels are drawn as squares.
const PIXEL_SCALE = 3;
const DOUBT_OPACITY = 0.72;

export class PhotoCanvas extends EventTarget {
  before = null;
  after = null;
  doubt = null;
  detail = null; // { before, after, box }: a part at full sharpness
  mode = "divider";
  isHeld = false;
  divider = 0.5;
  view = new View();
  #element = $("#canvas");
  #stage = $("#stage");
  #handle = $("#divider");
  #isAsked = false;
  #place = "";

  constructor() {
    super();
    new ResizeObserver(() => (this.view.isFitted ? this.fit() : this.draw())).observe(this.#stage);
    this.#stage.addEventListener("wheel", (event) => this.#onWheel(event), { passive: false });
    this.#handle.addEventListener("pointerdown", (event) => this.#dragDivider(event));
    this.#handle.addEventListener("keydown", (event) => this.#moveDivider(event));
  }

  /** The size of a pane, in CSS pixels. */
  get pane() {
    const { clientWidth: width, clientHeight: height } = this.#stage;
    return { width: this.mode === "side" ? width / 2 : width, height };
  }

  show(pictures) {
    Object.assign(this, pictures);
    this.draw();
  }

  setMode(mode) {
    this.mode = mode;
    this.view.isFitted ? this.fit() : this.draw();
  }

  hold(isHeld) {
    this.isHeld = isHeld;
    this.draw();
  }

  fit() {
    if (this.before) this.view.fit(this.before, this.pane);
    this.draw();
  }

  zoom(factor, x = this.pane.width / 2, y = this.pane.height / 2) {
    this.view.zoom(factor, x, y);
    this.draw();
  }

  /** The place under a pointer, as shares; in either pane. */
  locate(event) {
    const box = this.#stage.getBoundingClientRect();
    const x = event.clientX - box.left;
    return this.view.toShare(this.mode === "side" ? x % this.pane.width : x, event.clientY - box.top);
  }

  /** Where a place is on the stage, in CSS pixels; of the result's pane if there are two. */
  place(x, y) {
    const [left, top] = this.view.toScreen(x, y);
    return [this.mode === "side" ? left + this.pane.width : left, top];
  }

  /** The color that is shown at a place, as #rrggbb. */
  pick(share, picture = this.after ?? this.before) {
    if (!picture || !isInside(share)) return null;
    const probe = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
    const [x, y] = [Math.floor(share[0] * picture.width), Math.floor(share[1] * picture.height)];
    probe.drawImage(picture, x, y, 1, 1, 0, 0, 1, 1);
    const levels = probe.getImageData(0, 0, 1, 1).data;
    return "#" + [...levels.slice(0, 3)].map((level) => level.toString(16).padStart(2, "0")).join("");
  }

  /** Draw with the next frame of the screen. */
  draw() {
    if (this.#isAsked) return;
    this.#isAsked = true;
    requestAnimationFrame(() => {
      this.#isAsked = false;
      this.#paint();
      this.dispatchEvent(new Event("draw"));
      this.#tellMove();
    });
  }

  #tellMove() {
    const { view, pane } = this;
    const place = [view.left, view.top, view.scale, pane.width, pane.height].join();
    if (place === this.#place) return;
    this.#place = place;
    this.dispatchEvent(new Event("move"));
  }

  #paint() {
    const ratio = devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = this.#stage;
    this.#element.width = Math.round(width * ratio);
    this.#element.height = Math.round(height * ratio);
    const context = this.#element.getContext("2d");
    context.scale(ratio, ratio);
    context.imageSmoothingEnabled = this.view.scale < PIXEL_SCALE;
    context.imageSmoothingQuality = "high";
    this.#handle.hidden = this.mode !== "divider" || !this.before || this.isHeld;
    const after = this.isHeld ? this.before : (this.after ?? this.before);
    if (!this.before) return;
    if (this.mode === "side") {
      this.#paintPane(context, this.before, 0, 0, width / 2);
      this.#paintPane(context, after, width / 2, width / 2, width / 2);
    } else {
      const split = this.mode === "divider" && !this.isHeld ? this.#splitAt() : 0;
      this.#paintPane(context, after, 0, split, width - split, this.doubt);
      if (split > 0) this.#paintPane(context, this.before, 0, 0, split);
    }
    $("#tag-before").hidden = this.mode === "after" && !this.isHeld;
    $("#tag-after").hidden = this.isHeld;
  }

  /** Draw a picture whose pane starts at an offset, clipped to some columns of the stage. */
  #paintPane(context, picture, offset, left, width, overlay = this.doubt) {
    const { view } = this;
    const box = [view.left + offset, view.top, view.width * view.scale, view.height * view.scale];
    context.save();
    context.beginPath();
    context.rect(left, 0, width, this.pane.height);
    context.clip();
    context.drawImage(picture, ...box);
    if (this.detail) this.#paintDetail(context, picture === this.before ? this.detail.before : this.detail.after, offset);
    if (overlay && picture !== this.before) {
      context.globalAlpha = DOUBT_OPACITY;
      context.drawImage(overlay, ...box);
    }
    context.restore();
  }

  #paintDetail(context, picture, offset) {
    const { left, top, right, bottom } = this.detail.box;
    const [x, y] = this.view.toScreen(left, top);
    const [endX, endY] = this.view.toScreen(right, bottom);
    context.drawImage(picture, x + offset, y, endX - x, endY - y);
  }

  /** The divider's place on the stage, in CSS pixels. */
  #splitAt() {
    const { view } = this;
    const split = Math.min(Math.max(view.left + this.divider * view.width * view.scale, 0), this.pane.width);
    this.#handle.style.left = `${split}px`;
    this.#handle.setAttribute("aria-valuenow", Math.round(this.divider * 100));
    return split;
  }

  #dragDivider(event) {
    event.stopPropagation();
    this.#handle.setPointerCapture(event.pointerId);
    const move = (moved) => {
      const [x] = this.locate(moved);
      this.divider = Math.min(Math.max(x, 0), 1);
      this.draw();
    };
    this.#handle.addEventListener("pointermove", move);
    this.#handle.addEventListener("lostpointercapture", () => this.#handle.removeEventListener("pointermove", move), { once: true });
  }

  #moveDivider(event) {
    const steps = { ArrowLeft: -0.02, ArrowRight: 0.02, Home: -1, End: 1 };
    if (!(event.key in steps)) return;
    event.preventDefault();
    event.stopPropagation();
    this.divider = Math.min(Math.max(this.divider + steps[event.key], 0), 1);
    this.draw();
  }

  #onWheel(event) {
    if (!this.before || event.target.closest(".popover")) return;
    event.preventDefault();
    const box = this.#stage.getBoundingClientRect();
    const x = (event.clientX - box.left) % this.pane.width;
    // A pinch on a touchpad comes as a wheel with Ctrl, in smaller steps.
    this.zoom(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0018)), x, event.clientY - box.top);
  }
}
