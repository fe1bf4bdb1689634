/**
 * Subgroups of exams by attributes other than images and truth. Pure.
 * @module
 */
export * from "./attributes.ts";
export * from "./group_exams.ts";
