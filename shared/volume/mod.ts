/**
 * The results volume: paths, atomic writes, locks, damage, and which paths a caller may name.
 * @module
 */
export * from "./layout.ts";
export * from "./modes.ts";
export * from "./atomic_file.ts";
export * from "./containment.ts";
export * from "./damage.ts";
export * from "./disk_full.ts";
export * from "./open_plain.ts";
export * from "./quarantine.ts";
export * from "./open_plain.ts";
export * from "./record_reader.ts";
export * from "./secret_key.ts";
export * from "./stored_file.ts";
export * from "./sweep_abandoned.ts";
export * from "./volume_lock.ts";
