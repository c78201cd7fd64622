// All photos: give them this photo's look, and save them, with progress, cancel and errors.

import * as api from "./api.js";
import { $, make } from "./dom.js";
import { makeFormats } from "./save.js";
import { LOOK_FIELDS, store } from "./store.js";

const SHARED_FIELDS = [...LOOK_FIELDS, "stages", "references", "reference_strength", "likes"];

export async function openBatchDialog(strip) {
  if (!store.photo) return;
  await store.flush();
  const dialog = $("#batch-dialog");
  const run = { isCancelled: false };
  const format = makeFormats();
  format.id = "batch-format";
  const progress = make("progress", { value: 0, max: 1, hidden: true });
  const report = make("p", { role: "status", id: "batch-status" });
  const errors = make("ul", { class: "errors" });
  const shown = { progress, report, errors };
  const apply = (photo) => applyLook(photo.id);
  const save = async (photo) => {
    if (photo.is_upload) throw new Error("it was dropped on the page and has no folder; download it with Save");
    await api.saveResult(photo.id, { format: format.value || null, quality: 92, overwrite: $("#batch-overwrite").checked });
  };
  const start = (work, state) => runOver(strip, work, state, shown, run);
  dialog.replaceChildren(
    make("h2", { id: "batch-title", text: `All ${strip.photos.length} photos` }),
    make("p", { class: "muted", text: "Copies the look, restoration, references and exemplars of this photo; each photo keeps its own hints." }),
    make("div", { class: "row" }, make("button", { class: "primary", id: "batch-apply", text: "Give all photos this look", onclick: () => start(apply, "edited") })),
    make("div", { class: "row" }, make("label", { text: "Format ", htmlFor: "batch-format" }), format,
      make("label", { class: "check" }, make("input", { type: "checkbox", id: "batch-overwrite" }), "Overwrite existing results"),
      make("button", { id: "batch-save", text: "Save all beside the photos", onclick: () => start(save, "saved") })),
    progress, report, errors,
    make("div", { class: "actions" }, make("button", { text: "Stop", onclick: () => (run.isCancelled = true) }), make("button", { text: "Close", onclick: () => ((run.isCancelled = true), dialog.close()) })),
  );
  dialog.showModal();
}

async function applyLook(id) {
  if (id === store.photo.id) return;
  const { revision, edit } = await api.readRecipe(id);
  const look = Object.fromEntries(SHARED_FIELDS.map((field) => [field, store.edit[field]]));
  await api.saveRecipe(id, revision, { ...edit, ...look });
}

async function runOver(strip, work, state, { progress, report, errors }, run) {
  run.isCancelled = false;
  errors.replaceChildren();
  progress.hidden = false;
  progress.max = strip.photos.length;
  let done = 0;
  let failed = 0;
  for (const photo of strip.photos) {
    if (run.isCancelled) break;
    progress.value = done + failed;
    report.textContent = `${photo.name}…`;
    const before = photo.state;
    strip.setState(photo.id, "working");
    try {
      await work(photo);
      done += 1;
      strip.setState(photo.id, state);
    } catch (error) {
      failed += 1;
      strip.setState(photo.id, error.kind === "TargetExistsError" ? before : "failed", error.message);
      errors.append(make("li", { text: `${photo.name}: ${error.message}` }));
    }
  }
  progress.value = done + failed;
  const rest = strip.photos.length - done - failed;
  report.textContent = [`${done} done`, failed && `${failed} failed`, rest && `${rest} not done`].filter(Boolean).join(", ");
}
