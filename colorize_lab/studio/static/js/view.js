// The view: which part of the photo is where on the screen. Places are shares of the photo, 0..1.

const MAX_SCALE = 32;

export class View {
  width = 1;
  height = 1;
  scale = 1;
  left = 0;
  top = 0;
  isFitted = true;

  /** Take a photo's size, in preview pixels, and a stage's, in CSS pixels. */
  fit(photo, stage, margin = 16) {
    this.width = photo.width;
    this.height = photo.height;
    this.scale = Math.min((stage.width - 2 * margin) / photo.width, (stage.height - 2 * margin) / photo.height);
    this.scale = Math.max(this.scale, 0.01);
    this.left = (stage.width - photo.width * this.scale) / 2;
    this.top = (stage.height - photo.height * this.scale) / 2;
    this.isFitted = true;
  }

  toShare(x, y) {
    return [(x - this.left) / (this.width * this.scale), (y - this.top) / (this.height * this.scale)];
  }

  toScreen(x, y) {
    return [this.left + x * this.width * this.scale, this.top + y * this.height * this.scale];
  }

  pan(dx, dy) {
    this.left += dx;
    this.top += dy;
    this.isFitted = false;
  }

  /** Zoom by a factor; the place under x, y stays there. */
  zoom(factor, x, y) {
    const scale = Math.min(MAX_SCALE, Math.max(0.02, this.scale * factor));
    const ratio = scale / this.scale;
    this.left = x - (x - this.left) * ratio;
    this.top = y - (y - this.top) * ratio;
    this.scale = scale;
    this.isFitted = false;
  }
}

export const isInside = ([x, y]) => x >= 0 && x < 1 && y >= 0 && y < 1;
