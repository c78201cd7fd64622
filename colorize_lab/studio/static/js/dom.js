// Small helpers for elements.

export const $ = (selector, root = document) => root.querySelector(selector);

/** Make an element: make("button", { class: "quiet", text: "Delete", onclick: f }, ...children). */
export function make(tag, properties = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "text") element.textContent = value;
    else if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name in element && !name.includes("-") && name !== "list") element[name] = value;
    else element.setAttribute(name === "class" ? "class" : name, value === true ? "" : value);
  }
  if (properties.class) element.className = properties.class;
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Make an icon of icons.svg. */
export function makeIcon(name) {
  const box = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `/static/icons.svg#${name}`);
  box.classList.add("icon");
  box.setAttribute("aria-hidden", "true");
  box.append(use);
  return box;
}

/** Show a sentence for some seconds; errors stay until they are closed. */
export function toast(message, isError = false) {
  const close = make("button", { text: "✕", "aria-label": "Close", onclick: () => box.remove() });
  const box = make("div", { class: `toast${isError ? " is-error" : ""}` }, make("span", { text: message }), close);
  $("#toasts").append(box);
  while ($("#toasts").children.length > 4) $("#toasts").firstChild.remove();
  if (!isError) setTimeout(() => box.remove(), 5000);
}

/** Run asynchronous work and show what goes wrong as a sentence. */
export async function attempt(work) {
  try {
    return await work();
  } catch (error) {
    toast(error.message || String(error), true);
    return undefined;
  }
}

/** Call a function only when it has not been asked for again for a while. */
export function settle(work, delayMs) {
  let timer;
  return (...values) => {
    clearTimeout(timer);
    timer = setTimeout(() => work(...values), delayMs);
  };
}

/** Keep one call of asynchronous work running, and of those that come meanwhile only the newest. */
export function latest(work) {
  let running = false;
  let waiting = null;
  return async function run(...values) {
    if (running) {
      waiting = values;
      return;
    }
    running = true;
    try {
      await work(...values);
    } finally {
      running = false;
      if (waiting) {
        const next = waiting;
        waiting = null;
        run(...next);
      }
    }
  };
}

/** Accept photos that are dropped on an element. */
export function acceptDrops(element, onFiles, onPhoto) {
  let depth = 0;
  const wants = (event) => [...event.dataTransfer.types].some((type) => type === "Files" || (onPhoto && type === "text/x-photo-id"));
  const mark = (step) => {
    depth = step === 0 ? 0 : depth + step;
    element.classList.toggle("is-target", depth > 0);
  };
  element.addEventListener("dragenter", (event) => wants(event) && (event.preventDefault(), mark(1)));
  element.addEventListener("dragleave", (event) => wants(event) && mark(-1));
  element.addEventListener("dragover", (event) => wants(event) && event.preventDefault());
  element.addEventListener("drop", (event) => {
    if (!wants(event)) return;
    event.preventDefault();
    event.stopPropagation();
    mark(0);
    const id = event.dataTransfer.getData("text/x-photo-id");
    if (id && onPhoto) onPhoto(id);
    else onFiles([...event.dataTransfer.files]);
  });
}
