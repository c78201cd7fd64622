// The popover of a pin: likely colors, any other color, radius, delete.

import * as api from "./api.js";
import { $, attempt, make, makeIcon } from "./dom.js";
import { changeHint, removeHint } from "./pins.js";
import { store } from "./store.js";

const RECENT_KEY = "recent-colors";
const MAX_RECENT = 8;
// Percent of the longer side; beyond it the reach has no bound.
const MAX_REACH = 30;

export class Popover extends EventTarget {
  index = null;
  #isNew = false;
  #box = $("#popover");
  #canvas;
  #askEyedropper;

  constructor(canvas, askEyedropper) {
    super();
    this.#canvas = canvas;
    this.#askEyedropper = askEyedropper;
    canvas.addEventListener("draw", () => this.#place());
    store.addEventListener("photo", () => this.close());
    store.addEventListener("edit", () => this.#refresh());
    this.#box.addEventListener("keydown", (event) => event.key === "Escape" && this.close());
    this.#box.addEventListener("pointerdown", (event) => event.stopPropagation());
  }

  open(index, isNew) {
    if (this.index !== null && this.index !== index) this.close();
    this.index = index;
    this.#isNew = isNew;
    const hint = store.edit.hints[index];
    this.#box.replaceChildren(
      make("header", {}, make("h3", { text: "Color of this place" }), make("button", { class: "quiet", text: "✕", "aria-label": "Close", onclick: () => this.close() })),
      make("div", { class: "swatches", id: "suggestions", role: "group", "aria-label": "Likely colors" }, make("span", { class: "muted", text: "Asking the network…" })),
      make("div", { class: "row" },
        make("input", { type: "color", id: "pin-color", "aria-label": "Any color", value: toHex(hint.color), oninput: (event) => this.#choose(event.target.value, false), onchange: (event) => this.#choose(event.target.value) }),
        make("input", { type: "text", id: "pin-hex", "aria-label": "Color as #rrggbb", value: hint.color, maxLength: 7, onchange: (event) => this.#type(event.target) }),
        make("button", { text: "Gray", title: "Keep this place gray", onclick: () => this.#choose("gray") }),
        make("button", { title: "Take a color from a photo (I)", "aria-label": "Eyedropper", onclick: () => this.#askEyedropper() }, makeIcon("dropper"))),
      ...this.#makeRecent(),
      this.#makeRadius(hint),
      this.#makeReach(hint),
      make("button", { class: "danger", text: "Delete", onclick: () => this.#delete() }),
    );
    this.#box.hidden = false;
    this.#place();
    this.dispatchEvent(new Event("change"));
    this.#box.querySelector("button").focus({ preventScroll: true });
    attempt(() => this.#suggest(...hint.points[0]));
  }

  close() {
    if (this.index === null) return;
    const { index } = this;
    this.index = null;
    this.#box.hidden = true;
    if (this.#isNew && store.photo) store.change({ hints: store.edit.hints.filter((_, at) => at !== index) });
    this.#isNew = false;
    this.dispatchEvent(new Event("change"));
  }

  /** Give the pin a color, from the eyedropper as well. */
  choose(color) {
    if (this.index !== null) this.#choose(color);
  }

  #choose(color, isFinal = true) {
    this.#isNew = false;
    changeHint(this.index, { color }, isFinal);
    if (isFinal) keepRecent(color);
  }

  #type(field) {
    const color = field.value.trim().toLowerCase();
    const isColor = /^#[0-9a-f]{6}$/.test(color) || color === "gray";
    field.setCustomValidity(isColor ? "" : "Write it as #rrggbb, or gray");
    field.reportValidity();
    if (isColor) this.#choose(color);
  }

  #delete() {
    const { index } = this;
    this.#isNew = false;
    this.close();
    removeHint(index);
  }

  async #suggest(x, y) {
    const { index } = this;
    await store.flush();
    const found = await api.suggest(store.photo.id, x, y);
    if (this.index !== index) return;
    $("#suggestions").replaceChildren(...found.map((suggestion, at) => this.#makeSwatch(suggestion, at)));
  }

  #makeSwatch({ color, name, share }, at) {
    const percent = `${Math.round(share * 100)} %`;
    const patch = make("div");
    patch.style.background = color;
    return make("button", { class: "swatch", "data-color": color, title: `${name}, ${percent} (${at + 1})`, "aria-label": `${name}, ${percent}`, onclick: () => this.#choose(color) }, patch, make("span", {}, name, make("br"), percent));
  }

  #makeRecent() {
    const colors = readRecent();
    if (!colors.length) return [];
    const buttons = colors.map((color) => {
      const button = make("button", { title: color, "aria-label": `Used before: ${color}`, onclick: () => this.#choose(color) });
      Object.assign(button.style, { background: toHex(color), width: "24px", minHeight: "24px", padding: "0" });
      return button;
    });
    return [make("div", { class: "row", role: "group", "aria-label": "Used before" }, ...buttons)];
  }

  #makeRadius(hint) {
    const largest = Math.max(store.photo.width, store.photo.height) / 8;
    const toRadius = (value) => Math.round(largest ** value * 10) / 10;
    const shown = make("output", { text: `${hint.radius} px` });
    const slide = (event, isFinal) => {
      const radius = toRadius(Number(event.target.value));
      shown.textContent = `${radius} px`;
      this.#isNew = false;
      changeHint(this.index, { radius }, isFinal);
    };
    const range = make("input", { type: "range", id: "pin-radius", min: 0, max: 1, step: 0.01, value: Math.log(Math.max(hint.radius, 1)) / Math.log(largest), oninput: (event) => slide(event, false), onchange: (event) => slide(event, true) });
    return make("div", { class: "slider" }, make("label", { text: "Radius", htmlFor: "pin-radius" }), shown, range);
  }

  /** The reach: at the right end the color follows the surface, without a bound. */
  #makeReach(hint) {
    const write = (reach) => (reach === null ? "the surface" : `${reach} %`);
    const shown = make("output", { text: write(hint.reach ?? null) });
    const slide = (event, isFinal) => {
      const value = Number(event.target.value);
      const reach = value > MAX_REACH ? null : value;
      shown.textContent = write(reach);
      this.#isNew = false;
      changeHint(this.index, { reach }, isFinal);
    };
    const range = make("input", { type: "range", id: "pin-reach", min: 0, max: MAX_REACH + 1, step: 1, value: hint.reach ?? MAX_REACH + 1, title: "How far the color spreads, in percent of the longer side", oninput: (event) => slide(event, false), onchange: (event) => slide(event, true) });
    return make("div", { class: "slider" }, make("label", { text: "Reach", htmlFor: "pin-reach" }), shown, range);
  }

  #refresh() {
    const hint = this.index === null ? null : store.edit.hints[this.index];
    if (this.index !== null && !hint) {
      this.#isNew = false;
      this.close();
    } else if (hint && !this.#box.hidden) {
      $("#pin-color").value = toHex(hint.color);
      if (document.activeElement !== $("#pin-hex")) $("#pin-hex").value = hint.color;
    }
  }

  #place() {
    const hint = this.index === null ? null : store.edit.hints[this.index];
    if (!hint) return;
    const [left, top] = this.#canvas.place(...hint.points[0]);
    const { clientWidth, clientHeight } = $("#stage");
    const { offsetWidth, offsetHeight } = this.#box;
    const fits = left + 24 + offsetWidth < clientWidth;
    this.#box.style.left = `${Math.max(8, fits ? left + 24 : left - 24 - offsetWidth)}px`;
    this.#box.style.top = `${Math.min(Math.max(8, top - 40), Math.max(8, clientHeight - offsetHeight - 8))}px`;
  }
}

const toHex = (color) => (color === "gray" ? "#808080" : color);

function readRecent() {
  try {
    return JSON.parse(localStorage.getItem(RECENT_KEY) ?? "[]");
  } catch {
    return [];
  }
}

function keepRecent(color) {
  const colors = [color, ...readRecent().filter((other) => other !== color)].slice(0, MAX_RECENT);
  localStorage.setItem(RECENT_KEY, JSON.stringify(colors));
}
