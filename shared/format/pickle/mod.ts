/**
 * Python pickles as plain data: a reader of protocols 0 to 5 that runs nothing, and a writer of protocol 4.
 * @module
 */
export { type DataFrame, isDataFrame, isSeries, readDataFrame, readSeries } from "./data_frame.ts";
export { PickleError } from "./cursor.ts";
export type { PickleOptions } from "./budget.ts";
export { PickleArray, PickleDtype, type PickleDtypeKind } from "./value.ts";
export { readPickle } from "./reader.ts";
export { PickleGlobal, PickleObject, PickleTuple, type PickleValue } from "./value.ts";
export { writePickle } from "./writer.ts";
