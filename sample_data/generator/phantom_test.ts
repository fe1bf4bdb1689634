import assert from "node:assert/strict";
import { lateralityOf, VIEWS } from "../../shared/domain/mod.ts";
import { breastOf, COHORT, imageName, type PhantomExam } from "./cohort.ts";
import { drawPhantom, type Phantom } from "./phantom.ts";
import { decodePng } from "./png.ts";
import { SEED } from "./seed.ts";

const IMAGES = new URL("../images/", import.meta.url);

async function committed(name: string): Promise<Phantom> {
  return await decodePng(await Deno.readFile(new URL(`${name}.png`, IMAGES)));
}

/** Number of different values; printing the difference of whole pictures would take minutes. */
function differences(one: ArrayLike<number>, other: ArrayLike<number>): number {
  let count = Math.abs(one.length - other.length);
  for (let at = 0; at < Math.min(one.length, other.length); at++) {
    if (one[at] !== other[at]) count++;
  }
  return count;
}

/** Pixels of the first or last column that belong to the breast. */
function columnSum(picture: Phantom, column: number): number {
  let count = 0;
  for (let row = 0; row < picture.height; row++) {
    if (picture.pixels[row * picture.width + column]! > 0) count++;
  }
  return count;
}

Deno.test("drawPhantom() draws the committed pixels from the committed seed", async () => {
  const exam = COHORT[3]!; // its right MLO has muscle, mass, calcifications and is mirrored
  const drawn = drawPhantom(SEED, exam, "R-MLO");
  const file = await committed(imageName(exam, "R-MLO"));
  assert.deepEqual([drawn.width, drawn.height], [file.width, file.height]);
  assert.equal(differences(drawn.pixels, file.pixels), 0);
});

Deno.test("drawPhantom() draws other pixels from another seed", () => {
  const exam = COHORT[0]!;
  const one = drawPhantom(SEED, exam, "L-CC");
  const other = drawPhantom(SEED + 1, exam, "L-CC");
  assert.ok(differences(one.pixels, other.pixels) > 100_000);
});

Deno.test("drawPhantom() changes only the neighbourhood of a lesion when it plants one", () => {
  const exam = COHORT[1]!;
  const healthy: PhantomExam = { ...exam, right: { ...exam.right, lesions: [] } };
  for (const view of ["R-CC", "R-MLO"] as const) {
    const planted = drawPhantom(SEED, exam, view);
    const bare = drawPhantom(SEED, healthy, view);
    let changed = 0;
    let gained = 0;
    for (let at = 0; at < bare.pixels.length; at++) {
      const gain = planted.pixels[at]! - bare.pixels[at]!;
      if (gain !== 0) changed++;
      gained += gain;
    }
    assert.ok(changed > 500 && changed < 20_000, `${view}: ${changed} pixels`);
    assert.ok(gained > 0);
  }
});

Deno.test("the committed images are 16-bit grey and lie with the chest wall on the right edge", async () => {
  let bytes = 0;
  for (const exam of COHORT) {
    for (const view of VIEWS) {
      const name = imageName(exam, view);
      const file = await Deno.readFile(new URL(`${name}.png`, IMAGES));
      bytes += file.length;
      assert.deepEqual([...file.subarray(24, 26)], [16, 0], `${name}: bit depth and colour type`);
      const picture = await decodePng(file);
      assert.deepEqual([picture.width, picture.height], [832, 1024]);
      const [left, right] = [columnSum(picture, 0), columnSum(picture, picture.width - 1)];
      assert.ok(
        lateralityOf(view) === "left" ? left > 500 && right === 0 : right > 500 && left === 0,
      );
    }
  }
  assert.ok(bytes < 12_000_000);
});

Deno.test("COHORT labels a breast malignant exactly when a malignant lesion is planted", () => {
  const malignantKinds = ["spiculated_mass", "fine_calcifications"];
  let positives = 0;
  for (const exam of COHORT) {
    for (const side of ["left", "right"] as const) {
      const breast = breastOf(exam, side);
      const planted = breast.lesions.some((lesion) => malignantKinds.includes(lesion.kind));
      assert.equal(breast.malignant === 1, planted, `exam ${exam.index} ${side}`);
      positives += breast.malignant;
    }
  }
  assert.equal(positives, 3);
});
