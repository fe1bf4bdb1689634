/**
 * Python pickles as plain data: reads protocols 0 to 5 and runs nothing, writes protocol 4.
 * @module
 */
export { type DataFrame, isDataFrame, isSeries, readDataFrame, readSeries } from "./data_frame.ts";
export { PickleError } from "./cursor.ts";
export type { PickleOptions } from "./budget.ts";
export { PickleArray, PickleDtype, type PickleDtypeKind } from "./value.ts";
export { readPickle } from "./reader.ts";
export { PickleGlobal, PickleObject, PickleTuple, type PickleValue } from "./value.ts";
export { writePickle } from "./writer.ts";
