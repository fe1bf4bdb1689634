/** What the program is told on its command line. */
export interface Arguments {
  /** Path of the pickled data list. */
  readonly dataList: string;
  /** Folder of the images. */
  readonly images: string;
  /** Path of the CSV file to write. */
  readonly predictions: string;
  /** Images worked on at a time. */
  readonly processes: number;
  /** Weight of the asymmetry in the score. */
  readonly asymmetryWeight: number;
}

/** Parameters and their defaults, as in config.txt. */
const PARAMETERS = { NUM_PROCESSES: "2", ASYMMETRY_WEIGHT: "0.5" } as const;

const PROCESSES_MAX = 64;
const WEIGHT_MAX = 10;

const USAGE = "main.ts <data.pkl> <images folder> <predictions.csv> <experiment> <gpu|cpu> " +
  "<preprocessed folder> [--NUM_PROCESSES=2] [--ASYMMETRY_WEIGHT=0.5]";

function readOptions(options: readonly string[]): Record<keyof typeof PARAMETERS, string> {
  const values = { ...PARAMETERS } as Record<keyof typeof PARAMETERS, string>;
  for (const option of options) {
    const [, name, value] = /^--([A-Z_]+)=(.*)$/s.exec(option) ?? [];
    if (name === undefined || !Object.hasOwn(PARAMETERS, name)) {
      throw new TypeError(`Cannot start: unknown option ${option}, usage: ${USAGE}`);
    }
    values[name as keyof typeof PARAMETERS] = value!;
  }
  return values;
}

function numberIn(name: string, text: string, low: number, high: number): number {
  const value = text.trim() === "" ? NaN : Number(text);
  if (value >= low && value <= high) return value;
  throw new RangeError(`Cannot start: ${name} must be ${low} to ${high}, it is "${text}"`);
}

/**
 * Reads the command line: six arguments as every model gets them, then options. Experiment, device
 * and the folder for preprocessed images are taken and not used.
 *
 * @param args the command line
 * @returns what it says
 * @throws {TypeError} when arguments are missing, unknown, or ask for a GPU
 * @throws {RangeError} when a parameter is out of bounds
 */
export function readArguments(args: readonly string[]): Arguments {
  const [dataList, images, predictions, experiment, device, preprocessed, ...options] = args;
  if (preprocessed === undefined || experiment === undefined) {
    throw new TypeError(`Cannot start: ${args.length} arguments, usage: ${USAGE}`);
  }
  if (device !== "cpu") throw new TypeError(`Cannot run on ${device}: this model runs on cpu only`);
  const { NUM_PROCESSES, ASYMMETRY_WEIGHT } = readOptions(options);
  const processes = numberIn("NUM_PROCESSES", NUM_PROCESSES, 1, PROCESSES_MAX);
  if (!Number.isInteger(processes)) {
    throw new RangeError("Cannot start: NUM_PROCESSES is no integer");
  }
  return {
    dataList: dataList!,
    images: images!,
    predictions: predictions!,
    processes,
    asymmetryWeight: numberIn("ASYMMETRY_WEIGHT", ASYMMETRY_WEIGHT, 0, WEIGHT_MAX),
  };
}
