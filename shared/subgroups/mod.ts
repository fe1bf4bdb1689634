/** @module Subgroups of exams by attributes other than images and truth. Pure. */
export * from "./attributes.ts";
export * from "./group_exams.ts";
