// The save dialog: beside the photo or as a download, the recipe, and the command.

import * as api from "./api.js";
import { $, attempt, make, toast } from "./dom.js";
import { store } from "./store.js";

export const FORMATS = { "": "As the photo", png: "PNG", jpg: "JPEG", tif: "TIFF", webp: "WebP", ora: "Layers for GIMP and Krita (.ora)", psd: "Layers for Photoshop (.psd)" };

export async function openSaveDialog(strip) {
  if (!store.photo) return;
  await store.flush();
  const { photo } = store;
  const { command, files } = (await attempt(() => api.readCommand(photo.id))) ?? { command: "", files: [] };
  const format = makeFormats();
  const quality = make("input", { type: "number", id: "save-quality", min: 1, max: 100, value: 92 });
  const text = make("textarea", { readOnly: true, value: command, id: "save-command" });
  const busy = make("progress", { hidden: true });
  const dialog = $("#save-dialog");
  const work = (job) => async () => {
    busy.hidden = false;
    await attempt(job);
    busy.hidden = true;
  };
  const beside = make("button", { class: "primary", id: "save-beside", text: "Save beside the photo", hidden: photo.is_upload, onclick: work(() => saveBeside(photo, strip, format.value, quality.value)) });
  const download = make("button", { class: photo.is_upload ? "primary" : "", id: "save-download", text: "Download", onclick: work(() => downloadResult(photo, strip, format.value, quality.value)) });
  dialog.replaceChildren(
    make("h2", { id: "save-title", text: `Save ${photo.name}` }),
    make("p", { class: "muted", text: `Full size, ${photo.width} × ${photo.height}, with all metadata. Your photo itself is never changed.` }),
    make("div", { class: "row" }, make("label", { text: "Format ", htmlFor: "save-format" }), format, make("label", { text: "Quality ", htmlFor: "save-quality" }), quality),
    make("label", { class: "muted", htmlFor: "save-command", text: "The same result without the page:" }), text,
    make("div", { class: "row" },
      make("button", { text: "Copy as command", onclick: () => copy(command) }),
      make("a", { class: "link", href: api.fileUrl(photo.id, "recipe"), text: "Recipe as JSON", download: "" }),
      make("a", { class: "link", href: api.fileUrl(photo.id, "hints"), text: "Hints as JSON", download: "" }),
      make("a", { class: "link", href: `/api/photos/${photo.id}/scratches.png`, text: "Scratches as PNG", download: "", hidden: !store.edit.scratches.length })),
    make("p", { class: "muted", hidden: !files.length, text: `Download the ${files.join(" and the ")} first: the command reads them from the folder it runs in.` }),
    busy,
    make("div", { class: "actions" }, make("button", { text: "Close", onclick: () => dialog.close() }), download, beside),
  );
  dialog.showModal();
}

export function makeFormats() {
  return make("select", { id: "save-format" }, ...Object.entries(FORMATS).map(([value, text]) => make("option", { value, text })));
}

async function saveBeside(photo, strip, format, quality, overwrite = false) {
  try {
    const saved = await api.saveResult(photo.id, { format: format || null, quality: Number(quality), overwrite });
    saved.warnings.forEach((warning) => toast(warning));
    toast(`Saved as ${saved.name}`);
    strip.setState(photo.id, "saved");
    $("#save-dialog").close();
  } catch (error) {
    if (error.kind !== "TargetExistsError") throw error;
    if (confirm("A result with this name already exists. Overwrite it?")) await saveBeside(photo, strip, format, quality, true);
  }
}

async function downloadResult(photo, strip, format, quality) {
  const { blob, name, warnings } = await api.drawResult(photo.id, format, quality);
  const link = make("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  warnings.forEach((warning) => toast(warning));
  strip.setState(photo.id, "saved");
  $("#save-dialog").close();
}

async function copy(text) {
  await attempt(() => navigator.clipboard.writeText(text));
  toast("Copied");
}
