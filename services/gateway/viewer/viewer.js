/**
 * Shows the images of an exam on one light table with OpenSeadragon. Tiles have the stored values, 16 bits per
 * pixel; window, level and inversion are applied here for quick response. Without script or the exam's data, the
 * page's plain pictures stay.
 */
"use strict";

const TILE = 512;
/** Pixels of the registered images per unit of the table. */
const UNIT = 4096;

const table = document.getElementById("table");
const exam = JSON.parse(table.dataset.exam);
const own = (id) => document.getElementById(id);

/** Display settings, as shares of each image's own range. */
const look = { window: 1, level: 0.5, inverted: false };
/** Values and canvas of each loaded tile. */
const tiles = new Map();

/** Paints a tile's values into its canvas. */
function paint({ values, context, range }) {
  const { width, height } = context.canvas;
  const window = Math.max(1, range.window * look.window);
  const black = range.level + (look.level - 0.5) * range.window - window / 2;
  const pixels = context.createImageData(width, height);
  const shades = new Uint32Array(pixels.data.buffer);
  for (let at = 0; at < shades.length; at++) {
    let shade = (255 * (values[at] - black)) / window;
    shade = shade < 0 ? 0 : shade > 255 ? 255 : Math.round(shade);
    if (look.inverted) shade = 255 - shade;
    shades[at] = 0xff000000 | (shade << 16) | (shade << 8) | shade;
  }
  context.putImageData(pixels, 0, 0);
}

async function fetchTile(url, signal) {
  const answer = await fetch(url, { signal });
  if (!answer.ok) throw new Error(`the service answered ${answer.status}`);
  const number = (name) => Number(answer.headers.get(`x-image-${name}`));
  const canvas = document.createElement("canvas");
  canvas.width = number("width");
  canvas.height = number("height");
  const bytes = new DataView(await answer.arrayBuffer());
  const values = new Uint16Array(canvas.width * canvas.height);
  for (let at = 0; at < values.length; at++) values[at] = bytes.getUint16(2 * at, true);
  const range = { window: number("window"), level: number("level") };
  const tile = { values, range, context: canvas.getContext("2d") };
  paint(tile);
  return tile;
}

/** Tile source of one image, as a pyramid with half the size at each level. */
function sourceOf({ url, width, height }) {
  const maxLevel = Math.ceil(Math.log2(Math.max(width, height)));
  const source = new OpenSeadragon.TileSource({
    ...{ width, height, tileSize: TILE, maxLevel, ready: true },
    minLevel: Math.max(0, maxLevel - Math.ceil(Math.log2(Math.max(width, height) / TILE))),
  });
  source.getTileUrl = (level, column, row) => {
    const size = TILE * 2 ** (maxLevel - level);
    const [x, y] = [column * size, row * size];
    const w = Math.min(size, width - x);
    const region = [x, y, w, Math.min(size, height - y)].join(",");
    return `${url}?format=raw16&region=${region}&width=${Math.ceil((w * TILE) / size)}`;
  };
  source.downloadTileStart = (job) => {
    job.userData.aborting = new AbortController();
    fetchTile(job.src, job.userData.aborting.signal).then(
      (tile) => {
        tiles.set(tile.context, tile);
        job.finish(tile.context, null, "context2d");
      },
      (error) => job.fail(String(error), null),
    );
  };
  source.downloadTileAbort = (job) => job.userData.aborting.abort();
  return source;
}

/**
 * Positions of the images: right views left of the chest walls, left views right of them; CC beside MLO on a wide
 * table, above it on a high one.
 */
function hang(images, isWide) {
  const [tallest, widest] = [0, 1].map((axis) =>
    Math.max(...images.map(({ width, height }) => (axis === 0 ? height : width)))
  );
  return images.map((image) => {
    const { view, width, height, order } = image;
    const isMlo = view.endsWith("MLO");
    const wall = isWide && isMlo ? 2 * widest * 1.03 : 0;
    const top = (isMlo && !isWide ? 1 : 0) + order * (isWide ? 1 : 2);
    const x = wall + (view.startsWith("R") ? -width - 8 : 8);
    const y = top * tallest * 1.03 + (tallest - height) / 2;
    return { ...image, x: x / UNIT, y: y / UNIT };
  });
}

// Otherwise it adds a style element, which the page's content security policy refuses.
document.querySelector("style").dataset.openseadragonMobileCss = "";
const viewer = OpenSeadragon({
  element: table,
  timeout: 300_000,
  tileRetryMax: 2, // the network may change under a laptop or a tablet
  drawer: "canvas",
  showNavigationControl: false,
  animationTime: 0.2,
  maxZoomPixelRatio: 16,
  minZoomImageRatio: 0.5,
  visibilityRatio: 0.2,
  imageSmoothingEnabled: true,
  gestureSettingsMouse: { clickToZoom: false, dblClickToZoom: false },
  gestureSettingsPen: { clickToZoom: false, dblClickToZoom: false },
  gestureSettingsTouch: { dblClickToZoom: false, flickEnabled: false },
});
table.classList.add("on");
document.body.classList.add("viewing");

const hung = hang(exam.images, table.clientWidth > 1.35 * table.clientHeight);
let shownWhole = 0;
for (const image of hung) {
  viewer.addTiledImage({
    tileSource: sourceOf(image),
    ...{ x: image.x, y: image.y, width: image.width / UNIT, flipped: image.flipped },
    success: ({ item }) => {
      image.item = item;
      item.addHandler("fully-loaded-change", fetchAhead);
      label(image);
      for (const box of exam.boxes.filter(({ image: name }) => name === image.name)) {
        mark(image, box);
      }
      shownWhole += 1;
      if (shownWhole === hung.length) fit();
    },
  });
}

/** Adds the caption of an image above it. */
function label(image) {
  const element = document.createElement("span");
  element.className = "view-name";
  element.textContent = image.caption;
  const location = new OpenSeadragon.Point(image.x + image.width / UNIT / 2, image.y);
  viewer.addOverlay({ element, location, placement: "TOP" });
}

/** Adds a model's box on an image. */
function mark(image, box) {
  const element = document.createElement("div");
  element.className = `mark mark-${box.key}`;
  element.dataset.source = box.key;
  const text = document.createElement("span");
  text.textContent = `${box.key.toUpperCase()} ${box.score.toFixed(2)}`;
  element.append(text);
  const [width, height] = [box.x1 - box.x0, box.y1 - box.y0];
  const left = image.flipped ? image.width - box.x1 : box.x0;
  const location = new OpenSeadragon.Rect(
    image.x + left / UNIT,
    image.y + box.y0 / UNIT,
    width / UNIT,
    height / UNIT,
  );
  viewer.addOverlay({ element, location });
}

function fit() {
  viewer.viewport.fitBounds(viewer.world.getHomeBounds().getBoundingBox(), true);
}

/** Zooms one image to the size of the table. */
function fitOne(view) {
  const image = hung.find((one) => one.view === view);
  if (image?.item) viewer.viewport.fitBounds(image.item.getBounds());
}

/** Zooms to one image pixel per screen pixel. */
function truePixels() {
  const ratio = 1 / globalThis.devicePixelRatio;
  viewer.viewport.zoomTo((UNIT * ratio) / viewer.viewport.getContainerSize().x);
}

let repainting = 0;
function changeLook(change) {
  Object.assign(look, change);
  own("window").value = Math.round(100 * look.window);
  own("level").value = Math.round(100 * look.level);
  own("invert").setAttribute("aria-pressed", String(look.inverted));
  cancelAnimationFrame(repainting);
  repainting = requestAnimationFrame(() => {
    for (const tile of tiles.values()) paint(tile);
    viewer.forceRedraw();
  });
}

const ACTIONS = {
  fit,
  "true-pixels": truePixels,
  invert: () => changeLook({ inverted: !look.inverted }),
  reset: () => changeLook({ window: 1, level: 0.5, inverted: false }),
  "full-screen": () =>
    document.fullscreenElement ? document.exitFullscreen() : own("viewer").requestFullscreen(),
};
for (const [id, act] of Object.entries(ACTIONS)) own(id).addEventListener("click", act);
for (const [id, change] of [["window", "window"], ["level", "level"]]) {
  own(id).addEventListener("input", ({ target }) => changeLook({ [change]: target.value / 100 }));
}
for (const button of document.querySelectorAll("button[data-view]")) {
  button.addEventListener("click", () => fitOne(button.dataset.view));
}
for (const box of document.querySelectorAll("input[data-marks]")) {
  const show = () => table.classList.toggle(`without-${box.dataset.marks}`, !box.checked);
  box.addEventListener("change", show);
  show();
}
viewer.addHandler("canvas-double-click", ({ position }) => {
  const point = viewer.viewport.pointFromPixel(position);
  const image = hung.find(({ item }) => item?.getBounds().containsPoint(point));
  if (image === undefined) fit();
  else viewer.viewport.fitBounds(image.item.getBounds());
});
viewer.addHandler("tile-unloaded", ({ tile }) => {
  const context = tile.getCache?.()?.data;
  if (context) tiles.delete(context);
});

// Dragging with the right button, or with a pen's button held, changes window and level as on a workstation.
let held = null;
table.addEventListener("contextmenu", (event) => event.preventDefault());
table.addEventListener("pointerdown", (event) => {
  if (event.button !== 2) return;
  held = { x: event.clientX, y: event.clientY, ...look };
  table.setPointerCapture(event.pointerId);
  event.stopPropagation();
}, true);
table.addEventListener("pointermove", (event) => {
  if (held === null) return;
  event.stopPropagation();
  changeLook({
    window: Math.min(2, Math.max(0.02, held.window + (event.clientX - held.x) / 500)),
    level: Math.min(1, Math.max(0, held.level + (event.clientY - held.y) / 500)),
  });
}, true);
for (const end of ["pointerup", "pointercancel"]) {
  table.addEventListener(end, () => (held = null), true);
}

const KEYS = {
  0: fit,
  1: truePixels,
  i: ACTIONS.invert,
  r: ACTIONS.reset,
  f: ACTIONS["full-screen"],
  m: () => {
    for (const box of document.querySelectorAll("input[data-marks]")) box.click();
  },
  n: () => document.querySelector("a[rel=next]")?.click(),
  p: () => document.querySelector("a[rel=prev]")?.click(),
};
document.addEventListener("keydown", (event) => {
  const isTyping = event.target.closest("input, select, textarea") !== null;
  if (isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  const act = Object.hasOwn(KEYS, event.key) ? KEYS[event.key] : null;
  if (act === null) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}, true);

// Prefetches the next exam once this one is shown, so that the service renders it in advance.
function fetchAhead() {
  if (!hung.every(({ item }) => item?.getFullyLoaded())) return;
  for (const image of exam.ahead.splice(0)) {
    const source = sourceOf(image);
    fetch(source.getTileUrl(source.minLevel, 0, 0)).catch(() => {});
  }
}
globalThis.mammoevalViewer = { viewer, look, hung, tiles };
