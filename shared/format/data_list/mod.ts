/**
 * Data lists, the exchange format of datasets: pickle, JSON or CSV ↔ exams.
 * @module
 */
export { type Conversion, convertDataList } from "./convert.ts";
export {
  type DataList,
  type DataListEntry,
  type DataListFormat,
  dataListFormatOf,
} from "./data_list.ts";
export { type Difference } from "./differences.ts";
export { EXAM_TABLES, type ExamTableName, type ExamTables } from "./exam_tables.ts";
export { DETECTIONS, isOutcomeColumn, OUTCOME_KEYS } from "./exam_outcomes.ts";
export { hidePatients, PATIENT_KEY, patientPseudonym, patientText } from "./exam_patients.ts";
export {
  readDataList,
  type ReadListOptions,
  writeDataList,
  type WriteDataListOptions,
  writeExams,
} from "./read.ts";
