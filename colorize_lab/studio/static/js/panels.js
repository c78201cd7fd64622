// The panels: looks, sliders, the photo's own color, restoration, references, exemplars.

import * as api from "./api.js";
import { $, acceptDrops, attempt, make } from "./dom.js";
import { DEFAULT_EDIT, LOOK_FIELDS, store } from "./store.js";

const LOOK_PIXELS = 24_000;
// name, label, least, most, step, what the network's default is shown as, unit
const SLIDERS = [
  ["vividness", "Vividness", 0, 1.5, 0.05, "Careful on the left, rare colors on the right"],
  ["temperature", "Temperature", 0.1, 1, 0.01, "Bold on the left, blended on the right"],
  ["saturation", "Saturation", 0, 2, 0.05, "Multiplies the color of the result"],
  ["calm", "Calm", 0, 1, 0.05, "How far to even out color in plain areas"],
  ["warmth", "Warmth", -100, 100, 1, "Bluer on the left, yellower on the right"],
  ["hue_shift", "Hue shift", -180, 180, 1, "Rotates all hues, in degrees"],
  ["render_factor", "Detail", 6, 24, 1, "Detail of the network's input; higher is slower"],
];
const STAGES = { tone: "Sepia to gray", deblock: "JPEG blocks", descreen: "Halftone dots", scratches: "Scratches", denoise: "Noise", deblur: "Blur", contrast: "Contrast" };

export function makePanels(session, preview, addFiles) {
  $("#panels").append(makeLooks(session, preview), makeColors(session), makeRecolor(), makeRestoration(preview), makeReferences(addFiles), makeLikes(addFiles));
}

function makePanel(title, id, ...children) {
  const heading = make("h3", { text: title, id: `${id}-title` });
  return make("section", { class: "panel", id, "aria-labelledby": `${id}-title` }, make("header", {}, heading), ...children);
}

const pickLook = (edit) => Object.fromEntries(LOOK_FIELDS.map((field) => [field, edit[field]]));
const isSame = (a, b) => JSON.stringify(pickLook(a)) === JSON.stringify(pickLook(b));

function makeLooks(session, preview) {
  const looks = session.looks.map((preset) => {
    const image = make("img", { alt: "" });
    const choose = () => store.change(pickLook(preset.edit));
    return { preset, image, button: make("button", { class: "look", "data-look": preset.name, title: preset.summary, onclick: choose }, image, make("span", { text: preset.name })) };
  });
  const mark = () => looks.forEach(({ preset, button }) => button.setAttribute("aria-pressed", Boolean(store.photo) && isSame(preset.edit, store.edit)));
  store.addEventListener("edit", mark);
  let awaited = null; // the photo that is not on the screen yet: the looks come after it
  store.addEventListener("photo", () => (awaited = store.photo?.id ?? null));
  preview.addEventListener("shown", () => {
    if (awaited === null || awaited !== store.photo?.id) return;
    awaited = null;
    drawLooks(looks, store.photo.id);
  });
  return makePanel("Looks", "looks", make("div", { class: "looks" }, ...looks.map(({ button }) => button)));
}

/** Draw the looks one by one, so that the photo itself is never kept waiting. */
async function drawLooks(looks, id) {
  for (const { preset, image } of looks) {
    if (store.photo?.id !== id) return;
    await attempt(async () => {
      const base = { ...store.edit, hints: [], ...pickLook(preset.edit) };
      const { bitmap } = await api.drawPreview(id, base, { pixels: LOOK_PIXELS, quick: true });
      const canvas = make("canvas", { width: bitmap.width, height: bitmap.height });
      canvas.getContext("2d").drawImage(bitmap, 0, 0);
      image.src = canvas.toDataURL("image/jpeg", 0.85);
    });
  }
}

function makeColors({ defaults }) {
  const reset = make("button", { class: "quiet", text: "Reset", onclick: () => store.change(pickLook(DEFAULT_EDIT)) });
  const panel = makePanel("Color", "colors", ...SLIDERS.map((slider) => makeSlider(slider, defaults)));
  panel.querySelector("header").append(reset);
  panel.append(makeFrame());
  return panel;
}

/** Whether the frame around the picture is left alone; only for photos that have one. */
function makeFrame() {
  const box = make("input", { type: "checkbox", id: "frame", onchange: () => store.change({ frame: box.checked }) });
  const row = make("label", { class: "check", hidden: true }, box, "Leave the frame around the picture alone");
  store.addEventListener("photo", () => (row.hidden = !store.photo?.has_frame));
  store.addEventListener("edit", () => (box.checked = store.edit.frame));
  return row;
}

function makeSlider([name, label, min, max, step, title], defaults) {
  const output = make("output", { htmlFor: name });
  const input = make("input", { type: "range", id: name, min, max, step, title });
  input.addEventListener("input", () => store.change({ [name]: Number(input.value) }, false));
  input.addEventListener("change", () => store.change({ [name]: Number(input.value) }));
  input.addEventListener("dblclick", () => store.change({ [name]: DEFAULT_EDIT[name] }));
  store.addEventListener("edit", () => {
    const value = store.edit[name] ?? defaults[name];
    input.value = value;
    output.textContent = Number(value).toFixed(step < 1 ? 2 : 0);
  });
  return make("div", { class: "slider" }, make("label", { text: label, htmlFor: name }), output, input);
}

function makeRecolor() {
  const found = make("p");
  const toggle = make("input", { type: "checkbox", id: "recolor-on" });
  const auto = make("input", { type: "checkbox", id: "keep-auto" });
  const keep = make("input", { type: "range", id: "keep-color", min: 0, max: 1, step: 0.05 });
  const change = (patch, isFinal = true) => store.change({ recolor: { ...store.edit.recolor, ...patch } }, isFinal);
  toggle.addEventListener("change", () => store.change({ recolor: toggle.checked ? { mix: "auto", keep_color: null, force: !store.photo.need } : null }));
  auto.addEventListener("change", () => change({ keep_color: auto.checked ? null : Number(keep.value) }));
  keep.addEventListener("input", () => change({ keep_color: Number(keep.value) }, false));
  keep.addEventListener("change", () => change({ keep_color: Number(keep.value) }));
  const more = make("div", {},
    make("label", { class: "check" }, auto, "Measure how much of the old color to keep"),
    make("div", { class: "slider" }, make("label", { text: "Keep the old color", htmlFor: "keep-color" }), keep));
  const notice = make("div", { class: "notice" }, found, make("label", { class: "check" }, toggle, "Use the photo's own color (recolor)"), more);
  const panel = makePanel("This photo is in color", "recolor", notice);
  store.addEventListener("photo", () => {
    panel.hidden = store.photo?.kind !== "color";
    found.textContent = store.photo?.need ? `Found: ${store.photo.need}. Recoloring can bring it back.` : "Its color looks sound; it may be best to leave it as it is.";
  });
  store.addEventListener("edit", () => {
    const { recolor } = store.edit;
    toggle.checked = recolor !== null;
    more.hidden = recolor === null;
    auto.checked = recolor?.keep_color == null;
    keep.disabled = auto.checked;
    keep.value = recolor?.keep_color ?? 0.5;
  });
  panel.hidden = true;
  return panel;
}

function makeRestoration(preview) {
  const notes = make("p", { class: "muted", id: "restoration-notes" });
  const boxes = Object.entries(STAGES).map(([name, label]) => {
    const box = make("input", { type: "checkbox", "data-stage": name });
    box.addEventListener("change", () => {
      const chosen = boxes.filter(({ box: other }) => other.checked).map(({ name: stage }) => stage);
      store.change({ stages: chosen });
    });
    return { name, box, row: make("label", { class: "check" }, box, label) };
  });
  store.addEventListener("edit", () => {
    const { stages } = store.edit;
    const isAutomatic = stages.includes("auto");
    boxes.forEach(({ name, box }) => (box.checked = stages.includes(name) || (isAutomatic && name !== "scratches")));
  });
  const painted = make("button", { id: "scratches-clear", hidden: true, onclick: () => store.change({ scratches: [] }) });
  store.addEventListener("edit", () => {
    const count = store.edit.scratches.length;
    painted.hidden = !count;
    painted.textContent = `Remove ${count} painted ${count === 1 ? "scratch" : "scratches"}`;
  });
  preview.addEventListener("shown", () => (notes.textContent = preview.notes.join(". ")));
  return makePanel("Restore first", "restoration",
    make("p", { class: "muted", text: "Measured and repaired at full size; large photos take a few seconds." }),
    make("div", { class: "stages" }, ...boxes.map(({ row }) => row)), painted, notes);
}

/** A list of photos that the edit names in a field, and a place to drop more on. */
function makeLenders(field, name, text, addFiles) {
  const list = make("div", { class: "references" });
  const input = make("input", { type: "file", accept: "image/*", multiple: true, hidden: true });
  const drop = make("label", { class: "drop", id: `${name}-drop` }, text, input);
  const add = (ids) => store.change({ [field]: [...new Set([...store.edit[field], ...ids])].filter((id) => id !== store.photo.id) });
  const addNew = async (files) => add((await addFiles(files, false)).map(({ id }) => id));
  input.addEventListener("change", () => addNew([...input.files]));
  acceptDrops(drop, addNew, (id) => add([id]));
  store.addEventListener("edit", () => {
    const title = `Remove this ${name}`;
    const remove = (id) => store.change({ [field]: store.edit[field].filter((other) => other !== id) });
    list.replaceChildren(...store.edit[field].map((id) =>
      make("button", { title, "aria-label": title, onclick: () => remove(id) }, make("img", { src: api.thumbnailUrl(id), alt: name }))));
  });
  return [list, drop];
}

function makeReferences(addFiles) {
  const lenders = makeLenders("references", "reference", "Drop a photo with the colors to use, or drag one up from the strip", addFiles);
  const strength = make("input", { type: "range", id: "reference-strength", min: 0, max: 1, step: 0.05 });
  strength.addEventListener("input", () => store.change({ reference_strength: Number(strength.value) }, false));
  strength.addEventListener("change", () => store.change({ reference_strength: Number(strength.value) }));
  const row = make("div", { class: "slider" }, make("label", { text: "Strength", htmlFor: "reference-strength" }), strength);
  store.addEventListener("edit", () => {
    strength.value = store.edit.reference_strength;
    row.hidden = !store.edit.references.length;
  });
  return makePanel("Colors of another photo", "references", ...lenders, row);
}

function makeLikes(addFiles) {
  const text = "Drop a color photo of the same things, or drag up one that you colored here";
  return makePanel("Same things in another photo", "likes", ...makeLenders("likes", "exemplar", text, addFiles));
}
