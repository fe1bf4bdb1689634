import type { FaultParts } from "../../domain/mod.ts";
import type { FaultCollector } from "../faults.ts";

/** Collects the faults of one exam and remembers whether there was an error. */
export class ExamFaults {
  readonly #all: FaultCollector;
  readonly #exam: string;
  readonly #row: number;
  #failed = false;

  /** @param all collects the faults of all exams */
  constructor(all: FaultCollector, exam: string, row: number) {
    this.#all = all;
    this.#exam = exam;
    this.#row = row;
  }

  /** Whether the exam has an error. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Adds an error of the exam. */
  error(parts: FaultParts): void {
    this.#failed = true;
    this.#all.error(this.#placed(parts));
  }

  /** Adds a warning about the exam. */
  warning(parts: FaultParts): void {
    this.#all.warning(this.#placed(parts));
  }

  #placed(parts: FaultParts): FaultParts {
    return { ...parts, exam: this.#exam, row: this.#row };
  }
}
