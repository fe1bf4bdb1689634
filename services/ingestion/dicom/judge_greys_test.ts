import assert from "node:assert/strict";
import { GreyCounter } from "../../../shared/format/mod.ts";
import { judgeGreys } from "./judge_greys.ts";

const [WIDTH, HEIGHT] = [256, 320];

/** A breast at the left edge: half a textured ellipse on a dark background. */
function breast(x: number, y: number): number {
  const distance = ((y - HEIGHT / 2) / (HEIGHT * 0.42)) ** 2 + (x / (WIDTH * 0.7)) ** 2;
  return distance < 1 ? Math.round(20_000 + 40_000 * (1 - distance) + (x * y) % 977) : 0;
}

function codesOf(pixel: (x: number, y: number) => number): string[] {
  const counter = new GreyCounter();
  for (let y = 0; y < HEIGHT; y++) {
    counter.addRow(Uint16Array.from({ length: WIDTH }, (_, x) => pixel(x, y)), y, HEIGHT);
  }
  return judgeGreys(counter.summary()).map(({ severity, code }) => `${severity} ${code}`);
}

const PICTURES: readonly (readonly [name: string, (x: number, y: number) => number, string[]])[] = [
  ["a breast in front of black", breast, []],
  ["a mirrored one", (x, y) => breast(WIDTH - 1 - x, y), []],
  ["one with a bright mark", (x, y) => x > 240 && y < 8 ? 65535 : breast(x, y), []],
  ["a breast that fills the picture", (x, y) => 20_000 + (x * 7919 + y * 104_729) % 30_000, []],
  ["all one value", () => 1234, ["error image_constant"]],
  ["8 bits in 16", (x, y) => breast(x, y) >> 8, ["warning image_nearly_black"]],
  ["10 bits in 16", (x, y) => breast(x, y) >> 6, ["warning image_dark"]],
  ["12 bits in 16", (x, y) => breast(x, y) >> 4, ["warning image_dark"]],
  ["12 bits in 16 with a bright mark", (x, y) => x > 250 && y < 4 ? 65535 : breast(x, y) >> 4, [
    "warning image_dark",
  ]],
  ["14 bits in 16", (x, y) => breast(x, y) >> 2, ["warning image_dark"]],
  ["inverted", (x, y) => 65535 - breast(x, y), ["warning background_bright"]],
  ["inverted and dark", (x, y) => 4095 - (breast(x, y) >> 4), [
    "warning image_dark",
    "warning background_bright",
  ]],
  ["a window that is too narrow", (x, y) => breast(x, y) > 25_000 ? 65535 : 0, [
    "warning image_saturated",
  ]],
];

for (const [name, pixel, codes] of PICTURES) {
  Deno.test(`grey values: ${name}`, () => assert.deepEqual(codesOf(pixel), codes));
}
