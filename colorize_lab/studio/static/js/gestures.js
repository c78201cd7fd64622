// Gestures on the stage: click, drag to pan, pinch, strokes of the brush.

import { $ } from "./dom.js";
import { isInside } from "./view.js";

const CLICK_PIXELS = 5;

/**
 * Turn pointers on the stage into calls.
 *
 * handlers: getTool(), onClick(share), onHover(share), onStroke(points, isFinal).
 */
export function followPointers(canvas, handlers) {
  const stage = $("#stage");
  const pointers = new Map();
  let start = null;
  let stroke = null;
  let spread = 0;

  stage.addEventListener("pointerdown", (event) => {
    if (event.target.closest("button, label, input, .popover, .brush-bar, .divider, .tools") || !canvas.before) return;
    stage.setPointerCapture(event.pointerId);
    stage.focus({ preventScroll: true });
    pointers.set(event.pointerId, event);
    start = { x: event.clientX, y: event.clientY, isClick: event.button === 0 };
    if (pointers.size === 2) {
      spread = measureSpread();
      stroke = null;
      start.isClick = false;
    } else if (handlers.getTool() === "brush" && event.button === 0 && isInside(canvas.locate(event))) {
      stroke = [canvas.locate(event)];
    }
  });

  stage.addEventListener("pointermove", (event) => {
    const last = pointers.get(event.pointerId);
    if (!last) {
      if (canvas.before) handlers.onHover(canvas.locate(event));
      return;
    }
    pointers.set(event.pointerId, event);
    if (pointers.size === 2) return pinch();
    if (Math.hypot(event.clientX - start.x, event.clientY - start.y) > CLICK_PIXELS) start.isClick = false;
    if (stroke) {
      const share = canvas.locate(event);
      if (isInside(share)) stroke.push(share);
      handlers.onStroke(stroke, false);
    } else if (!start.isClick) {
      canvas.view.pan(event.clientX - last.clientX, event.clientY - last.clientY);
      canvas.draw();
    }
  });

  const end = (event) => {
    if (!pointers.delete(event.pointerId)) return;
    if (stroke) handlers.onStroke(stroke, true);
    else if (start.isClick && event.type === "pointerup" && isInside(canvas.locate(event))) handlers.onClick(canvas.locate(event));
    stroke = null;
  };
  stage.addEventListener("pointerup", end);
  stage.addEventListener("pointercancel", end);
  stage.addEventListener("dblclick", (event) => handlers.getTool() === "pan" && event.target.closest("canvas") && canvas.fit());

  function measureSpread() {
    const [a, b] = [...pointers.values()];
    return Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY);
  }

  function pinch() {
    const [a, b] = [...pointers.values()];
    const box = stage.getBoundingClientRect();
    const now = measureSpread();
    canvas.zoom(now / spread, ((a.clientX + b.clientX) / 2 - box.left) % canvas.pane.width, (a.clientY + b.clientY) / 2 - box.top);
    spread = now;
  }
}
