/**
 * Shared look of all pages: frame, style, number formats. Pure.
 * @module
 */

export * from "./exam_links.tsx";
export * from "./glossary.tsx";
export * from "./number_text.ts";
export * from "./page_frame.tsx";
export * from "./page_style.ts";
export * from "./provenance_text.ts";
export * from "./table.tsx";
