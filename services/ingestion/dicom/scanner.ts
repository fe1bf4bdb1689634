import type { JsonValue } from "../../../shared/domain/mod.ts";
import type { DataSet } from "./data_set.ts";

/** Device and acquisition data of an image; nothing identifies a woman. "" or null when not stated. */
export interface Scanner {
  readonly manufacturer: string;
  readonly model: string;
  readonly software: string;
  readonly detector: string;
  readonly thicknessMm: number | null;
  readonly implant: boolean | null;
}

/** Longer texts are cut: subgroup names are short. */
const TEXT_CHARS_MAX = 64;

/** Reads the device and acquisition data of an image. */
export function scannerOf(dataSet: DataSet): Scanner {
  const thickness = dataSet.decimal("BodyPartThickness");
  const implant = dataSet.code("BreastImplantPresent");
  return {
    manufacturer: plain(dataSet.texts("Manufacturer")),
    model: plain(dataSet.texts("ManufacturerModelName")),
    software: plain(dataSet.texts("SoftwareVersions")),
    detector: plain(dataSet.texts("DetectorID")) || plain(dataSet.texts("DetectorType")),
    thicknessMm: thickness !== null && thickness > 0 && thickness < 1000 ? thickness : null,
    implant: implant === "YES" ? true : implant === "NO" ? false : null,
  };
}

/** Keys of the exam: the value on which its images agree, else `mixed`; the median thickness; any implant. */
export function scannerKeys(scanners: readonly Scanner[]): Record<string, JsonValue> {
  const keys: Record<string, JsonValue> = {};
  for (const [key, field] of TEXT_KEYS) {
    const values = new Set(scanners.map((scanner) => scanner[field]).filter((text) => text !== ""));
    if (values.size > 0) keys[key] = values.size === 1 ? [...values][0]! : "mixed";
  }
  const thickness = median(
    scanners.map(({ thicknessMm }) => thicknessMm).filter((mm) => mm !== null),
  );
  if (thickness !== null) keys.thickness_mm = thickness;
  const implants = scanners.map(({ implant }) => implant).filter((implant) => implant !== null);
  if (implants.length > 0) keys.implant = implants.includes(true);
  return keys;
}

const TEXT_KEYS = [
  ["manufacturer", "manufacturer"],
  ["scanner_model", "model"],
  ["scanner_software", "software"],
  ["detector", "detector"],
] as const;

function plain(texts: readonly string[]): string {
  return texts.join(" / ").replaceAll(/[^\x20-\x7e\xa0-\xff]/g, "").trim().slice(0, TEXT_CHARS_MAX);
}

function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
