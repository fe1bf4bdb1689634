/**
 * The reference model: scores every image of a data list and writes the predictions.
 *
 * @module
 */
import { type Arguments, readArguments } from "./arguments.ts";
import { readDataList } from "./data_list.ts";
import { measureAll } from "./measure_all.ts";
import { predictionsCsv, scoreImages, tasksOf } from "./predictions.ts";

const encoder = new TextEncoder();

function say(line: string): void {
  Deno.stdout.writeSync(encoder.encode(`${line}\n`));
}

/** Writes a file so that nobody ever sees half of it. */
async function writeWhole(path: string, text: string): Promise<void> {
  const unfinished = `${path}.tmp`;
  await Deno.writeTextFile(unfinished, text);
  await Deno.rename(unfinished, path);
}

async function predict(args: Arguments): Promise<void> {
  const exams = readDataList(await Deno.readFile(args.dataList));
  const tasks = tasksOf(exams);
  say("Stage 1/2: measure images");
  const features = await measureAll(tasks, args.images, args.processes, (done) => {
    say(`image ${done}/${tasks.length}`);
  });
  say("Stage 2/2: score images");
  const scores = scoreImages(tasks, features, args.asymmetryWeight);
  await writeWhole(args.predictions, predictionsCsv(exams, scores));
}

try {
  await predict(readArguments(Deno.args));
} catch (error) {
  const reason = error instanceof Error ? error.message : String(error);
  Deno.stderr.writeSync(encoder.encode(`${reason}\n`));
  Deno.exit(1);
}
