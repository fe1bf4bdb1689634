/**
 * Domain types and their invariants: exams, views, images, predictions. No I/O.
 * @module
 */
export * from "./truth_rule.ts";
export * from "./view.ts";
export * from "./exam.ts";
export * from "./complete_exams.ts";
export * from "./fault.ts";
export * from "./prediction.ts";
export * from "./find_exams.ts";
export * from "./find_exams.ts";
export * from "./sample.ts";
export * from "./alignment.ts";
export * from "./aggregation.ts";
