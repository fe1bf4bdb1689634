/**
 * Exchange formats: text or bytes ↔ domain, without input or output.
 * @module
 */
export * from "./config_txt.ts";
export * from "./csv.ts";
export * from "./data_list/mod.ts";
export * from "./exam_dates.ts";
export * from "./join_bytes.ts";
export * from "./lesions_csv.ts";
export * from "./pickle/mod.ts";
export { GreyCounter, type GreySummary } from "./grey_summary.ts";
export * from "./png_header.ts";
export * from "./png_pixels.ts";
export * from "./predict_sh.ts";
export * from "./predictions_csv.ts";
export * from "./rounded_key.ts";
export * from "./table_text.ts";
export * from "./users_txt.ts";
