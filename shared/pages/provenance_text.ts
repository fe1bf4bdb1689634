import { bytesText, countText, durationText } from "./number_text.ts";

/** A provenance value for people; the key's suffix names the unit: `1 h 30 min`, `memory=16g, pids=4096`. */
export function provenanceText(key: string, value: unknown): string {
  if (typeof value === "number") {
    if (key.endsWith("_ms")) return durationText(value);
    return key.endsWith("_bytes") ? bytesText(value) : countText(value);
  }
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (typeof value === "string") return value;
  const entries = Array.isArray(value)
    ? value.map(wordOf)
    : Object.entries(value as Record<string, unknown>).filter(([, one]) => one !== null)
      .map(([name, one]) => `${name}=${wordOf(one)}`);
  return entries.length === 0 ? "none" : entries.join(", ");
}

/** Returns whether a value is a digest, which is shown as code. */
export function isDigest(value: unknown): boolean {
  return typeof value === "string" && /^(?:sha256:)?[0-9a-f]{32,}$/.test(value);
}

function wordOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
