// The preview: asks for the edited photo's picture, quick while something moves, exact at rest.

import * as api from "./api.js";
import { $, settle, toast } from "./dom.js";
import { store } from "./store.js";

const REST_MS = 180;
const BUSY_MS = 250;

export class Preview extends EventTarget {
  notes = [];
  #canvas;
  #running = null;
  #waiting = null;
  #rest = settle(() => this.#ask(false), REST_MS);

  constructor(canvas) {
    super();
    this.#canvas = canvas;
    store.addEventListener("photo", () => this.#open());
    store.addEventListener("edit", () => {
      if (!store.photo) return;
      this.#ask(true);
      if (store.edit.hints.length) this.#rest();
    });
  }

  async #open() {
    const { photo } = store;
    this.#canvas.show({ before: null, after: null });
    if (!photo) return;
    try {
      const before = await api.drawOriginal(photo.id);
      if (store.photo?.id !== photo.id) return;
      this.#canvas.show({ before, after: this.#canvas.after });
      this.#canvas.fit();
    } catch (error) {
      toast(error.message, true);
    }
  }

  #ask(isQuick) {
    this.#waiting = { id: store.photo.id, edit: store.edit, isQuick };
    this.#running ??= this.#work().finally(() => (this.#running = null));
  }

  /** One request at a time; of the edits that come meanwhile, the newest. */
  async #work() {
    while (this.#waiting) {
      const { id, edit, isQuick } = this.#waiting;
      this.#waiting = null;
      const busy = setTimeout(() => this.#report(edit.stages.length ? "Restoring at full size…" : "Coloring…", true), BUSY_MS);
      try {
        const { bitmap, warnings, notes } = await api.drawPreview(id, edit, { quick: isQuick });
        if (store.photo?.id !== id) continue;
        this.#canvas.show({ after: bitmap });
        this.notes = notes;
        this.#report(warnings.at(-1) ?? "");
        this.dispatchEvent(new CustomEvent("shown", { detail: { edit, isQuick } }));
      } catch (error) {
        this.#report("");
        toast(error.message, true);
      } finally {
        clearTimeout(busy);
      }
    }
  }

  #report(text, isBusy = false) {
    $("#status").textContent = text;
    $("#status").classList.toggle("is-busy", isBusy);
  }
}
