/**
 * Dividing exams into subgroups by what is known of them beyond images and truth. Pure.
 *
 * @module
 */
export * from "./attributes.ts";
export * from "./group_exams.ts";
