// The strip: the photos of the session with their states, and how photos get in.

import * as api from "./api.js";
import { $, acceptDrops, attempt, make, toast } from "./dom.js";
import { store } from "./store.js";

const STATES = { new: "not looked at", edited: "edited", working: "working", saved: "saved", failed: "failed" };

export class Strip {
  photos = [];
  onPick = null; // the eyedropper's, while it waits
  #list = $("#strip");

  constructor() {
    store.addEventListener("photo", () => this.#mark());
    store.addEventListener("saved", (event) => this.setState(event.detail.id, "edited"));
    for (const input of [$("#files"), $("#more-files")]) {
      input.addEventListener("change", () => this.add([...input.files]).then(() => (input.value = "")));
    }
    acceptDrops($("#stage"), (files) => this.add(files));
    addEventListener("paste", (event) => {
      const files = [...event.clipboardData.files];
      if (files.length) this.add(files);
    });
    // A file that misses the stage must not replace the page.
    for (const type of ["dragover", "drop"]) addEventListener(type, (event) => event.preventDefault());
  }

  async load() {
    this.photos = (await api.listPhotos()).map((photo) => ({ ...photo, state: photo.is_edited ? "edited" : "new" }));
    this.#rebuild();
    const wanted = location.hash.slice(1);
    const first = this.photos.find(({ id }) => id === wanted) ?? this.photos[0];
    if (first) await this.open(first.id);
  }

  /** Show photos that the studio has made, such as stills. */
  async refresh() {
    const known = new Map(this.photos.map((photo) => [photo.id, photo]));
    const listed = await api.listPhotos();
    this.photos = listed.map((photo) => known.get(photo.id) ?? { ...photo, state: photo.is_edited ? "edited" : "new" });
    this.#rebuild();
    if (!store.photo && this.photos.length) await this.open(this.photos[0].id);
  }

  async open(id) {
    await attempt(async () => {
      try {
        await store.open(id);
        history.replaceState(null, "", `#${id}`);
      } catch (error) {
        this.setState(id, "failed", error.message);
        throw error;
      }
    });
  }

  /** Send photos to the studio; the last one is opened. Returns those that could be read. */
  async add(files, isOpened = true) {
    const added = [];
    for (const file of files) {
      const photo = await attempt(async () => {
        try {
          return await api.addPhoto(file);
        } catch (error) {
          throw new Error(`${file.name}: ${error.message}`);
        }
      });
      if (!photo) continue;
      added.push(photo);
      if (!this.photos.some(({ id }) => id === photo.id)) this.photos.push({ ...photo, state: "new" });
      this.#rebuild();
    }
    if (isOpened && added.length) await this.open(added.at(-1).id);
    return added;
  }

  step(by) {
    const at = this.photos.findIndex(({ id }) => id === store.photo?.id);
    const next = this.photos[at + by];
    if (next) this.open(next.id);
  }

  setState(id, state, reason = "") {
    const photo = this.photos.find((other) => other.id === id);
    if (!photo) return;
    Object.assign(photo, { state, reason });
    this.#describe(photo, this.#find(id));
  }

  async remove(id) {
    await attempt(async () => {
      await store.flush();
      await api.removePhoto(id);
      const at = this.photos.findIndex((photo) => photo.id === id);
      this.photos.splice(at, 1);
      this.#rebuild();
      if (store.photo?.id !== id) return;
      store.close();
      const next = this.photos[Math.min(at, this.photos.length - 1)];
      if (next) await this.open(next.id);
      toast("Removed from the list; your own files stay where they are.");
    });
  }

  #find(id) {
    return this.#list.querySelector(`[data-id="${id}"]`);
  }

  #rebuild() {
    for (const item of [...this.#list.children]) {
      if (!this.photos.some(({ id }) => id === item.firstChild.dataset.id)) item.remove();
    }
    for (const photo of this.photos) {
      if (!this.#find(photo.id)) this.#list.append(make("li", {}, this.#makeThumb(photo)));
    }
    this.#mark();
  }

  #makeThumb(photo) {
    const image = make("img", { src: api.thumbnailUrl(photo.id), alt: "", loading: "lazy", draggable: false });
    const thumb = make("button", { class: "thumb", "data-id": photo.id, draggable: true }, image, make("i"));
    thumb.addEventListener("click", (event) => (this.onPick ? this.onPick(image, event) : this.open(photo.id)));
    thumb.addEventListener("dragstart", (event) => event.dataTransfer.setData("text/x-photo-id", photo.id));
    thumb.addEventListener("keydown", (event) => event.key === "Delete" && this.remove(photo.id));
    image.addEventListener("error", () => this.setState(photo.id, "failed", "it cannot be read"), { once: true });
    this.#describe(photo, thumb);
    return thumb;
  }

  #describe(photo, thumb) {
    if (!thumb) return;
    thumb.dataset.state = photo.state;
    thumb.title = `${photo.name}: ${photo.reason || STATES[photo.state]}`;
    thumb.setAttribute("aria-label", thumb.title);
  }

  #mark() {
    for (const thumb of this.#list.querySelectorAll(".thumb")) {
      thumb.setAttribute("aria-current", thumb.dataset.id === store.photo?.id);
    }
    this.#find(store.photo?.id)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  }
}
