// The HTTP API: one function per route. Errors are sentences.

export class ApiError extends Error {
  constructor(status, kind, message) {
    super(message);
    this.status = status;
    this.kind = kind;
  }
}

async function request(method, path, { json, body, keepalive } = {}) {
  const headers = json === undefined ? {} : { "content-type": "application/json" };
  const content = json === undefined ? body : JSON.stringify(json);
  let response;
  try {
    response = await fetch(`/api/${path}`, { method, headers, body: content, keepalive });
  } catch {
    throw new ApiError(0, "Offline", "the studio does not answer; start it again, your work is kept");
  }
  if (response.ok) return response;
  const answer = await response.json().catch(() => ({}));
  throw new ApiError(response.status, answer.error, answer.message ?? `the studio answered ${response.status}`);
}

const fetchJson = async (...values) => (await request(...values)).json();
const fetchPicture = async (...values) => createImageBitmap(await (await request(...values)).blob());
const readTexts = (response, name) => JSON.parse(decodeURIComponent(response.headers.get(name) ?? "%5B%5D"));

export const readSession = () => fetchJson("GET", "session");
export const listPhotos = () => fetchJson("GET", "photos");
export const readPhoto = (id) => fetchJson("GET", `photos/${id}`);
export const addPhoto = (file) => fetchJson("POST", `photos?name=${encodeURIComponent(file.name || "pasted.png")}`, { body: file });
export const removePhoto = (id) => request("DELETE", `photos/${id}`);
export const readRecipe = (id) => fetchJson("GET", `photos/${id}/recipe`);
export const saveRecipe = (id, revision, edit, keepalive = false) =>
  fetchJson("PUT", `photos/${id}/recipe`, { json: { revision, edit }, keepalive });
export const drawOriginal = (id) => fetchPicture("GET", `photos/${id}/original`);
export const drawDoubt = (id) => fetchPicture("GET", `photos/${id}/explain`);
export const readPoint = (id, x, y) => fetchJson("GET", `photos/${id}/explain/point?x=${x}&y=${y}`);
export const suggest = (id, x, y) => fetchJson("GET", `photos/${id}/suggestions?x=${x}&y=${y}`);
export const readCommand = (id) => fetchJson("GET", `photos/${id}/command`);
export const saveResult = (id, message) => fetchJson("POST", `photos/${id}/save`, { json: message });
export const thumbnailUrl = (id) => `/api/photos/${id}/thumbnail`;
export const fileUrl = (id, kind) => `/api/photos/${id}/${kind}.json`;

export const listFilms = () => fetchJson("GET", "films");
export const readFilm = (id) => fetchJson("GET", `films/${id}`);
export const findShots = (id) => fetchJson("POST", `films/${id}/shots`);
export const renderFilm = (id, message) => fetchJson("POST", `films/${id}/render`, { json: message });
export const stopFilm = (id) => fetchJson("POST", `films/${id}/stop`);

/** Color at preview size: { bitmap, warnings, notes }. */
export async function drawPreview(id, edit, { quick = false, pixels } = {}) {
  const size = pixels === undefined ? "" : `&pixels=${pixels}`;
  const response = await request("POST", `photos/${id}/preview?quick=${quick}${size}`, { json: edit });
  const bitmap = await createImageBitmap(await response.blob());
  return { bitmap, warnings: readTexts(response, "x-warnings"), notes: readTexts(response, "x-notes") };
}

/** A part of the photo at full sharpness; without an edit as it came. */
export const drawDetail = (id, edit, { left, top, right, bottom }) =>
  fetchPicture("POST", `photos/${id}/detail?${new URLSearchParams({ left, top, right, bottom })}`, edit ? { json: edit } : {});

/** The full-size result: { blob, name, warnings }. */
export async function drawResult(id, format, quality) {
  const query = new URLSearchParams({ quality, ...(format ? { format } : {}) });
  const response = await request("GET", `photos/${id}/result?${query}`);
  const name = decodeURIComponent(response.headers.get("content-disposition").split("''")[1]);
  return { blob: await response.blob(), name, warnings: readTexts(response, "x-warnings") };
}
