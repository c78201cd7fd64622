// The photo at hand, its edit and its history. Everything else listens to its events:
// "photo" (another photo is open), "edit" (the edit changed), "saved", "conflict".

import * as api from "./api.js";
import { settle } from "./dom.js";

export const DEFAULT_EDIT = Object.freeze({
  render_factor: null, temperature: null, vividness: null, saturation: 1, looks: null, calm: 1, warmth: 0, hue_shift: 0,
  hints: [], stages: [], scratches: [], recolor: null, frame: true, references: [], reference_strength: 1, likes: [],
});
/** What a look decides; hints, restoration and references belong to the photo. */
export const LOOK_FIELDS = ["render_factor", "temperature", "vividness", "saturation", "looks", "calm", "warmth", "hue_shift"];

const SAVE_DELAY_MS = 400;

class Store extends EventTarget {
  photo = null;
  edit = DEFAULT_EDIT;
  #revision = 0;
  #past = [];
  #future = [];
  #committed = DEFAULT_EDIT;
  #saving = Promise.resolve();
  #isDirty = false;
  #saveSoon = settle(() => this.flush().catch((error) => this.#tell("failure", error)), SAVE_DELAY_MS);

  get canUndo() { return this.#past.length > 0; }
  get canRedo() { return this.#future.length > 0; }

  async open(id) {
    await this.flush();
    const [photo, project] = await Promise.all([api.readPhoto(id), api.readRecipe(id)]);
    this.photo = photo;
    this.#load(project);
    this.#past = [];
    this.#future = [];
    this.#tell("photo");
    this.#tell("edit");
  }

  close() {
    this.photo = null;
    this.#isDirty = false;
    this.#tell("photo");
  }

  /** Change some fields; isFinal ends a gesture, which undo takes back as one step. */
  change(patch, isFinal = true) {
    if (!this.photo) return;
    this.edit = { ...this.edit, ...patch };
    if (isFinal) this.#commit();
    this.#tell("edit");
  }

  undo() { this.#travel(this.#past, this.#future); }
  redo() { this.#travel(this.#future, this.#past); }

  /** Save now what is not saved yet. */
  flush(keepalive = false) {
    if (!this.#isDirty || !this.photo) return this.#saving;
    this.#isDirty = false;
    const { id } = this.photo;
    const edit = this.#committed;
    this.#saving = this.#saving.catch(() => {}).then(() => this.#send(id, edit, keepalive));
    return this.#saving;
  }

  /** After a conflict: take the other tab's settings, or put these over them. */
  async resolve(keepMine) {
    const project = await api.readRecipe(this.photo.id);
    if (!keepMine) {
      this.#load(project);
      this.#tell("edit");
      return;
    }
    this.#revision = project.revision;
    this.#isDirty = true;
    await this.flush();
  }

  async #send(id, edit, keepalive) {
    try {
      const project = await api.saveRecipe(id, this.#revision, edit, keepalive);
      if (this.photo?.id === id) this.#revision = project.revision;
      this.#tell("saved", { id });
    } catch (error) {
      if (error.kind !== "ConflictError") this.#isDirty = true;
      if (error.kind !== "ConflictError") throw error;
      this.#tell("conflict");
    }
  }

  #load(project) {
    this.edit = { ...DEFAULT_EDIT, ...project.edit };
    this.#committed = this.edit;
    this.#revision = project.revision;
    this.#isDirty = false;
  }

  #commit() {
    if (JSON.stringify(this.edit) === JSON.stringify(this.#committed)) return;
    this.#past.push(this.#committed);
    this.#future = [];
    this.#keep();
  }

  #keep() {
    this.#committed = this.edit;
    this.#isDirty = true;
    this.#saveSoon();
  }

  #travel(from, to) {
    if (!from.length) return;
    to.push(this.#committed);
    this.edit = from.pop();
    this.#keep();
    this.#tell("edit");
  }

  #tell(type, detail) { this.dispatchEvent(new CustomEvent(type, { detail })); }
}

export const store = new Store();
