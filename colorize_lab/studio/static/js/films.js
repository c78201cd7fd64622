// Films: look for shots, preview five seconds, render, with progress. Their stills are photos of the strip.

import * as api from "./api.js";
import { $, attempt, make } from "./dom.js";
import { LOOK_FIELDS, store } from "./store.js";

const POLL_MS = 500;

/** Show the button that opens the dialog, if there are films. */
export async function connectFilms(strip) {
  const films = await api.listFilms();
  $("#films").hidden = !films.length;
  $("#films").addEventListener("click", () => attempt(() => openFilmDialog(strip)));
}

async function openFilmDialog(strip) {
  await store.flush();
  const films = await api.listFilms();
  const dialog = $("#film-dialog");
  dialog.replaceChildren(
    make("h2", { id: "film-title", text: films.length === 1 ? "Film" : "Films" }),
    make("p", { class: "muted", text: "Looking for shots puts a still of each into the strip. Color the stills like photos: each shot follows its still, and a shot whose still is untouched gets the look of the selected photo." }),
    ...films.map((film) => makeFilm(film, strip)),
    make("div", { class: "actions" }, make("button", { text: "Close", onclick: () => dialog.close() })),
  );
  dialog.showModal();
}

function makeFilm(film, strip) {
  const progress = make("progress", { value: 0, max: 1, hidden: true });
  const report = make("p", { role: "status", class: "film-status" });
  const video = make("video", { controls: true, muted: true, loop: true, hidden: true });
  const row = { film, strip, progress, report, video };
  const start = make("input", { type: "number", min: 0, step: 0.1, value: 0, "aria-label": "Start of the preview in seconds" });
  const buttons = make("div", { class: "row" },
    make("button", { text: "Look for shots", onclick: () => run(row, () => api.findShots(film.id)) }),
    make("button", { text: "Preview 5 seconds", onclick: () => run(row, () => api.renderFilm(film.id, { look: pickLook(), start: Number(start.value) }), true) }),
    make("label", { class: "check" }, "from", start, "s"),
    make("button", { class: "primary", text: "Render", onclick: () => run(row, () => renderAll(film)) }),
    make("button", { text: "Stop", onclick: () => attempt(() => api.stopFilm(film.id)) }));
  if (film.progress.state === "running") watch(row);
  report.textContent = describe(film);
  return make("section", { class: "panel", "data-film": film.id }, make("h3", { text: film.name }), buttons, progress, report, video);
}

const pickLook = () => Object.fromEntries(LOOK_FIELDS.map((field) => [field, store.edit[field]]));

async function renderAll(film, overwrite = false) {
  try {
    return await api.renderFilm(film.id, { look: pickLook(), overwrite });
  } catch (error) {
    if (error.kind !== "TargetExistsError") throw error;
    if (!confirm("A result with this name already exists. Overwrite it?")) return film;
    return renderAll(film, true);
  }
}

async function run(row, start, isPreview = false) {
  await attempt(async () => {
    await store.flush();
    await start();
    await watch(row);
    if (!isPreview || row.film.progress.state !== "done") return;
    row.video.src = `/api/films/${row.film.id}/preview.mp4?${Date.now()}`;
    row.video.hidden = false;
  });
}

/** Ask for the progress until the work ends. */
async function watch(row) {
  row.progress.hidden = false;
  do {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    row.film = await api.readFilm(row.film.id);
    const { done, total } = row.film.progress;
    row.progress.max = Math.max(total, 1);
    row.progress.value = done;
    row.report.textContent = describe(row.film);
  } while (row.film.progress.state === "running");
  row.progress.hidden = true;
  await row.strip.refresh();
}

function describe({ stills, progress }) {
  const { state, stage, done, total, message } = progress;
  if (state === "idle") return stills.length ? `${stills.length} stills are in the strip` : "not looked at";
  if (state === "running") return total ? `${stage}: ${done} of ${total} frames` : stage;
  return `${state}: ${message}`;
}
