// The keyboard: everything has a key, and the list of them is a key away.

import { $, make } from "./dom.js";

/** Bind actions to keys: a list of [keys, what, action]; "Ctrl+" also means Command. */
export function bindKeys(bindings) {
  addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input:not([type=range]):not([type=checkbox]), textarea, select");
    const isSliding = event.target.type === "range" && event.key.length > 1;
    if (isTyping || isSliding || document.querySelector("dialog[open]")) return;
    const found = bindings.find(([keys]) => keys.some((key) => matches(event, key)));
    if (!found) return;
    event.preventDefault();
    found[2](event);
  });
}

function matches(event, key) {
  const parts = key.split("+").filter(Boolean);
  const name = key.endsWith("+") ? "+" : parts.at(-1);
  const wantsCtrl = parts.includes("Ctrl");
  if (wantsCtrl !== (event.ctrlKey || event.metaKey) || event.altKey) return false;
  if (parts.includes("Shift") !== event.shiftKey && name.length > 1) return false;
  if (parts.includes("Shift") !== event.shiftKey && /[a-z]/i.test(name)) return false;
  return event.key.toLowerCase() === name.toLowerCase();
}

export function openKeysDialog(bindings) {
  const row = ([keys, what]) => make("tr", {}, make("td", {}, ...keys.flatMap((key, at) => [at ? " " : "", make("kbd", { text: key })])), make("td", { text: what }));
  const more = [
    [["Enter", "Arrows", "Delete"], "on a pin: change, move, remove it"],
    [["Arrows", "Home", "End"], "on the divider: move it"],
    [["Wheel", "Pinch"], "zoom at the cursor"],
    [["Drag"], "move the photo, a pin or the divider"],
    [["Right click"], "on a pin: remove it"],
    [["Delete"], "on a photo of the strip: take it off the list"],
    [["Double click"], "on a slider: back to the default"],
  ];
  const dialog = $("#keys-dialog");
  dialog.replaceChildren(
    make("h2", { id: "keys-title", text: "Keys" }),
    make("table", { class: "keys" }, make("tbody", {}, ...bindings.map(row), ...more.map(row))),
    make("div", { class: "actions" }, make("button", { class: "primary", text: "Close", onclick: () => dialog.close() })),
  );
  dialog.showModal();
}
