// The page: makes the parts and connects them.

import * as api from "./api.js";
import { openBatchDialog } from "./batch.js";
import { paintStroke } from "./brush.js";
import { PhotoCanvas } from "./canvas.js";
import { $, attempt, make, toast } from "./dom.js";
import { Detail } from "./detail.js";
import { Explain } from "./explain.js";
import { connectFilms } from "./films.js";
import { followPointers } from "./gestures.js";
import { bindKeys, openKeysDialog } from "./keys.js";
import { makePanels } from "./panels.js";
import { Pins } from "./pins.js";
import { Popover } from "./popover.js";
import { Preview } from "./preview.js";
import { openSaveDialog } from "./save.js";
import { store } from "./store.js";
import { Strip } from "./strip.js";

const ZOOM_STEP = 1.25;
const KINDS = { gray: "black and white", toned: "toned", color: "in color" };

const canvas = new PhotoCanvas();
const popover = new Popover(canvas, () => waitForColor(true));
const pins = new Pins(canvas, popover);
const preview = new Preview(canvas);
new Detail(canvas, preview);
const explain = new Explain(canvas);
const strip = new Strip();
let tool = "pin";
let isPicking = false;

function setTool(name) {
  tool = name;
  document.querySelectorAll("[data-tool]").forEach((button) => button.setAttribute("aria-pressed", button.dataset.tool === name));
  $("#brush-bar").hidden = name !== "brush";
  $("#stage").style.cursor = { pin: "crosshair", brush: "cell", pan: "grab" }[name];
  if (name !== "pin") popover.close();
}

function setView(mode) {
  document.querySelectorAll("[data-view]").forEach((button) => button.setAttribute("aria-checked", button.dataset.view === mode));
  canvas.setMode(mode);
}

/** The eyedropper: the next click on the photo or in the strip gives the pin its color. */
function waitForColor(isOn) {
  isPicking = isOn && popover.index !== null;
  strip.onPick = isPicking ? pickFromThumb : null;
  $("#stage").style.cursor = isPicking ? "copy" : "crosshair";
  if (isPicking) toast("Click a color in the photo, or in a photo in the strip");
}

function pickFromThumb(image, event) {
  const box = image.getBoundingClientRect();
  // The thumbnail covers its box: what sticks out is cut off evenly.
  const scale = Math.max(box.width / image.naturalWidth, box.height / image.naturalHeight);
  const toShare = (at, size, natural) => 0.5 + (at - size / 2) / (natural * scale);
  const share = [toShare(event.clientX - box.left, box.width, image.naturalWidth), toShare(event.clientY - box.top, box.height, image.naturalHeight)];
  const picture = make("canvas", { width: image.naturalWidth, height: image.naturalHeight });
  picture.getContext("2d").drawImage(image, 0, 0);
  popover.choose(canvas.pick(share, picture));
  waitForColor(false);
}

function onClick(share) {
  if (isPicking) {
    const isBefore = canvas.mode === "divider" && share[0] < canvas.divider;
    popover.choose(canvas.pick(share, isBefore ? canvas.before : canvas.after));
    waitForColor(false);
  } else if (popover.index !== null) {
    popover.close();
  } else if (tool === "pin") {
    pins.add(share);
  }
}

function showTheme(theme) {
  document.documentElement.dataset.theme = theme;
  localStorage.setItem("theme", theme);
}

function flipTheme() {
  showTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark");
}

function showPhoto() {
  const { photo } = store;
  $("#empty").hidden = photo !== null;
  $("#save").disabled = photo === null;
  $("#photo-name").textContent = photo?.name ?? "No photo yet";
  $("#photo-facts").textContent = photo ? `${photo.width} × ${photo.height}, ${photo.bit_depth} bit ${photo.format}, ${KINDS[photo.kind]}` : "";
  document.title = photo ? `${photo.name} – colorize-lab` : "colorize-lab studio";
  photo?.warnings.forEach((warning) => toast(warning));
}

function askConflict() {
  const dialog = $("#conflict-dialog");
  const answer = (keepMine) => attempt(async () => (dialog.close(), store.resolve(keepMine)));
  dialog.replaceChildren(
    make("h2", { id: "conflict-title", text: "Another tab has changed this photo" }),
    make("p", { text: "Its settings were saved after this tab loaded them. Nothing is lost yet: choose which ones to keep." }),
    make("div", { class: "actions" },
      make("button", { id: "conflict-theirs", text: "Take the other tab's", onclick: () => answer(false) }),
      make("button", { id: "conflict-mine", class: "primary", text: "Keep mine", onclick: () => answer(true) })),
  );
  dialog.showModal();
}

const KEYS = [
  [["P"], "give a place a color", () => setTool("pin")],
  [["B"], "paint an area", () => setTool("brush")],
  [["H"], "move the photo", () => setTool("pan")],
  [["C"], "put a pin in the middle of the view", () => pinTheMiddle()],
  [["I"], "eyedropper for the open pin", () => waitForColor(true)],
  [["1"], "before and after with a divider", () => setView("divider")],
  [["2"], "side by side", () => setView("side")],
  [["3"], "result only", () => setView("after")],
  [["O", " "], "hold to see the photo as it came (Space, too)", () => canvas.hold(true)],
  [["E"], "where the network is unsure", () => explain.toggle()],
  [["+", "="], "zoom in", () => canvas.zoom(ZOOM_STEP)],
  [["-"], "zoom out", () => canvas.zoom(1 / ZOOM_STEP)],
  [["0"], "fit", () => canvas.fit()],
  [["9"], "one pixel of the preview per pixel of the screen", () => canvas.zoom(1 / canvas.view.scale)],
  [["Ctrl+Z"], "undo", () => store.undo()],
  [["Ctrl+Shift+Z", "Ctrl+Y"], "redo", () => store.redo()],
  [["Ctrl+S"], "save", () => openSaveDialog(strip)],
  [["A"], "all photos", () => openBatchDialog(strip)],
  [["PageUp", "["], "photo before", () => strip.step(-1)],
  [["PageDown", "]"], "next photo", () => strip.step(1)],
  [["T"], "light or dark", flipTheme],
  [["Escape"], "close the pin's colors", () => (waitForColor(false), popover.close())],
  [["?"], "this list", () => openKeysDialog(KEYS)],
];

function pinTheMiddle() {
  if (!canvas.before) return;
  const share = canvas.view.toShare(canvas.pane.width / 2, canvas.pane.height / 2);
  pins.add(share.map((value) => Math.min(Math.max(value, 0), 0.9999)));
}

function connect() {
  followPointers(canvas, {
    getTool: () => (isPicking ? "pin" : tool),
    onClick,
    onHover: (share) => explain.follow(share),
    onStroke: (points, isFinal) => paintStroke(canvas, points, isFinal),
  });
  bindKeys(KEYS);
  addEventListener("keyup", (event) => ["o", " "].includes(event.key.toLowerCase()) && canvas.hold(false));
  const clicks = {
    undo: () => store.undo(), redo: () => store.redo(), save: () => openSaveDialog(strip), batch: () => openBatchDialog(strip),
    theme: flipTheme, help: () => openKeysDialog(KEYS), doubt: () => explain.toggle(),
    "zoom-in": () => canvas.zoom(ZOOM_STEP), "zoom-out": () => canvas.zoom(1 / ZOOM_STEP), "zoom-fit": () => canvas.fit(),
  };
  for (const [id, action] of Object.entries(clicks)) $(`#${id}`).addEventListener("click", action);
  document.querySelectorAll("[data-tool]").forEach((button) => button.addEventListener("click", () => setTool(button.dataset.tool)));
  document.querySelectorAll("[data-view]").forEach((button) => button.addEventListener("click", () => setView(button.dataset.view)));
  $("#hold").addEventListener("pointerdown", () => canvas.hold(true));
  for (const type of ["pointerup", "pointerleave", "pointercancel"]) $("#hold").addEventListener(type, () => canvas.hold(false));
  canvas.addEventListener("draw", () => ($("#zoom").textContent = `${Math.round(canvas.view.scale * 100)}%`));
  store.addEventListener("photo", showPhoto);
  store.addEventListener("conflict", askConflict);
  store.addEventListener("failure", (event) => toast(event.detail.message, true));
  store.addEventListener("edit", () => {
    $("#undo").disabled = !store.canUndo;
    $("#redo").disabled = !store.canRedo;
  });
  addEventListener("pagehide", () => store.flush(true));
}

showTheme(localStorage.getItem("theme") ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light"));
connect();
setTool("pin");
attempt(async () => {
  makePanels(await api.readSession(), preview, (files, isOpened) => strip.add(files, isOpened));
  await strip.load();
  await connectFilms(strip);
  document.body.dataset.ready = "true";
});
