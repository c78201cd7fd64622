// Pins: the hints on the photo, as buttons that can be dragged, moved with the arrows, and opened.

import { $, make } from "./dom.js";
import { store } from "./store.js";

const DRAG_PIXELS = 4;
const NUDGE = 0.002;

const replaceAt = (hints, index, hint) => hints.map((old, at) => (at === index ? hint : old));

export function changeHint(index, patch, isFinal = true) {
  store.change({ hints: replaceAt(store.edit.hints, index, { ...store.edit.hints[index], ...patch }) }, isFinal);
}

export function removeHint(index) {
  store.change({ hints: store.edit.hints.filter((_, at) => at !== index) });
}

export class Pins {
  #canvas;
  #popover;
  #layer = $("#pins");

  constructor(canvas, popover) {
    this.#canvas = canvas;
    this.#popover = popover;
    canvas.addEventListener("draw", () => this.#place());
    store.addEventListener("edit", () => this.#rebuild());
    popover.addEventListener("change", () => this.#mark());
  }

  /** Add a pin that shows what is there already, and offer colors for it. */
  add(share) {
    const hint = { points: [share], color: this.#canvas.pick(share) ?? "gray", radius: defaultRadius() };
    store.change({ hints: [...store.edit.hints, hint] }, false);
    this.open(store.edit.hints.length - 1, true);
  }

  open(index, isNew = false) {
    this.#popover.open(index, isNew);
  }

  #rebuild() {
    const { hints } = store.edit;
    while (this.#layer.children.length > hints.length) this.#layer.lastChild.remove();
    hints.forEach((hint, index) => {
      const pin = this.#layer.children[index] ?? this.#layer.appendChild(this.#makePin(index));
      pin.style.backgroundColor = hint.color === "gray" ? "#808080" : hint.color;
      pin.classList.toggle("stroke", hint.points.length > 1);
      const kind = hint.points.length > 1 ? "Stroke" : "Pin";
      pin.setAttribute("aria-label", `${kind} ${index + 1}, ${hint.color}. Enter changes it, arrows move it, Delete removes it`);
    });
    this.#mark();
    this.#place();
  }

  #mark() {
    [...this.#layer.children].forEach((pin, index) => pin.setAttribute("aria-pressed", index === this.#popover.index));
  }

  #place() {
    store.edit.hints.forEach((hint, index) => {
      const pin = this.#layer.children[index];
      if (!pin) return;
      const [left, top] = this.#canvas.place(...hint.points[0]);
      pin.style.left = `${left}px`;
      pin.style.top = `${top}px`;
      pin.hidden = this.#canvas.isHeld;
    });
  }

  #makePin(index) {
    const pin = make("button", { class: "pin", type: "button" });
    pin.addEventListener("pointerdown", (event) => this.#drag(event, pin, index));
    pin.addEventListener("contextmenu", (event) => (event.preventDefault(), this.#remove(index)));
    pin.addEventListener("keydown", (event) => this.#onKey(event, index));
    pin.addEventListener("click", (event) => event.detail === 0 && this.open(index));
    return pin;
  }

  #drag(event, pin, index) {
    if (event.button !== 0) return;
    event.stopPropagation();
    pin.setPointerCapture(event.pointerId);
    const start = { x: event.clientX, y: event.clientY, points: store.edit.hints[index].points };
    const from = this.#canvas.locate(event);
    let isDragged = false;
    const move = (moved) => {
      isDragged ||= Math.hypot(moved.clientX - start.x, moved.clientY - start.y) > DRAG_PIXELS;
      if (!isDragged) return;
      const to = this.#canvas.locate(moved);
      changeHint(index, { points: shift(start.points, to[0] - from[0], to[1] - from[1]) }, false);
    };
    pin.addEventListener("pointermove", move);
    pin.addEventListener("lostpointercapture", () => {
      pin.removeEventListener("pointermove", move);
      if (isDragged) store.change({});
      else this.open(index);
    }, { once: true });
  }

  #onKey(event, index) {
    const steps = { ArrowLeft: [-NUDGE, 0], ArrowRight: [NUDGE, 0], ArrowUp: [0, -NUDGE], ArrowDown: [0, NUDGE] };
    if (event.key in steps) {
      const factor = event.shiftKey ? 10 : 1;
      const [dx, dy] = steps[event.key].map((step) => step * factor);
      changeHint(index, { points: shift(store.edit.hints[index].points, dx, dy) });
    } else if (event.key === "Delete" || event.key === "Backspace") {
      this.#remove(index);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  }

  #remove(index) {
    this.#popover.close();
    removeHint(index);
  }
}

/** A hundred-and-fiftieth of the photo's longer side: it bears the grain of any scan. */
export function defaultRadius() {
  return Math.max(3, Math.round(Math.max(store.photo.width, store.photo.height) / 150));
}

const clamp = (value) => Math.min(Math.max(value, 0), 0.9999);

function shift(points, dx, dy) {
  return points.map(([x, y]) => [clamp(x + dx), clamp(y + dy)]);
}
