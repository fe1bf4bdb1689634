import { join } from "node:path";
import { convertImage } from "../../services/ingestion/dicom/convert_image.ts";
import { PYTHON, runScript } from "./script.ts";
import { type Measured, medianMs, type Reporter, type Topic } from "./topic.ts";

const SCRIPTS = new URL("dicom/", import.meta.url).pathname;
/** Bounds of one image on one core, in milliseconds. */
const UNCOMPRESSED_MS_MAX = 333; // three a second
const JPEG_2000_MS_MAX = 2500;
/** How many times as fast as Python we want to be, and how near to dcmtk. */
const PYTHON_AIM = 5;
const DCMTK_AIM = 0.67; // not over 1.5 times behind

async function ours(what: string, path: string): Promise<Measured> {
  const ms = await medianMs(5, async () => {
    const { png } = await convertImage(await Deno.readFile(path), null);
    await Deno.writeFile(`${path}.png`, png);
  });
  return { what, ms };
}

/** A line of other people's programs, as processes: they take milliseconds to start. */
async function theirs(what: string, lines: readonly string[][]): Promise<Measured | string> {
  const times: number[] = [];
  for (let round = 0; round < 3; round++) {
    let ms = 0;
    for (const [program, ...args] of lines) {
      const result = await runScript(program!, args);
      if (!result.ok) return result.reason;
      ms += result.ms;
    }
    times.push(ms);
  }
  return { what, ms: times.sort((a, b) => a - b)[1]! };
}

async function python(path: string): Promise<Measured | string> {
  const result = await runScript(PYTHON, [`${SCRIPTS}convert_pydicom.py`, path, `${path}.png`]);
  return result.ok ? { what: "pydicom and pypng", ms: Number(result.stdout) } : result.reason;
}

function compare(reporter: Reporter, mine: Measured, other: Measured | string, aim?: number): void {
  if (typeof other === "string") reporter.skip(`against ${mine.what}`, other);
  else reporter.ratio(mine, other, aim);
}

async function measure(folder: string, reporter: Reporter): Promise<void> {
  const [plain, packed, out] = ["plain.dcm", "j2k.dcm", "out.png"].map((name) =>
    join(folder, name)
  );
  const made = await runScript(PYTHON, [`${SCRIPTS}make_mammogram.py`, plain!]);
  if (!made.ok) return reporter.skip("DICOM", `${made.reason} (apt-get install python3-pydicom)`);

  const uncompressed = await ours("2560 x 3328 uncompressed to PNG", plain!);
  reporter.bound(uncompressed.what, uncompressed.ms, "ms a core", UNCOMPRESSED_MS_MAX);
  compare(reporter, uncompressed, await python(plain!), PYTHON_AIM);
  const dcmtk = ["dcmj2pnm", "+on2", "+Wi", "1"];
  const dcmtkMs = await theirs("dcmj2pnm +on2", [[...dcmtk, plain!, out!]]);
  compare(reporter, uncompressed, dcmtkMs, DCMTK_AIM);

  const packing = await runScript("gdcmconv", ["--j2k", plain!, packed!]);
  if (!packing.ok) return reporter.skip("JPEG 2000", packing.reason);
  const jpeg2000 = await ours("the same in JPEG 2000", packed!);
  reporter.bound(jpeg2000.what, jpeg2000.ms, "ms a core", JPEG_2000_MS_MAX);
  compare(reporter, jpeg2000, await python(packed!), PYTHON_AIM);
  const raw = join(folder, "raw.dcm");
  const both = [["gdcmconv", "--raw", packed!, raw], [...dcmtk, raw, out!]];
  compare(reporter, jpeg2000, await theirs("gdcmconv --raw, then dcmj2pnm +on2", both));
}

/** DICOM to PNG, one image on one core. */
const topic: Topic = {
  about: "DICOM to 16-bit PNG, one image on one core",
  async run(reporter): Promise<void> {
    const folder = await Deno.makeTempDir({ prefix: "mammoeval-bench-" });
    try {
      await measure(folder, reporter);
    } finally {
      await Deno.remove(folder, { recursive: true });
    }
  },
};

export default topic;
