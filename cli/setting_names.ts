import { COMMAND_SETTINGS, SETTINGS } from "../shared/settings.ts";
import { changesBetween } from "./command_line/nearest.ts";

const PREFIX = "MAMMOEVAL_";
/** Variables of the compose files. */
const COMPOSE_NAMES = [
  ...["DATA", "USER", "IMAGE", "PROXY_IMAGE", "SITE_CA", "DOCKER_GROUP", "DOCKER_SOCKET"],
  "SLURM_PORT",
  ...["TLS_CERTIFICATE", "TLS_KEY", "TLS_PORT", "TLS_PUBLISHED"],
].map((name) => PREFIX + name);
/** Variables of the project's tests and tools. */
const TOOL_NAMES = /^MAMMOEVAL_(?:TEST|FUZZ|BENCH|RECORD|PRETENDED|SCREENSHOTS)(?:_|$)/;
/** Most differing letters of a name that counts as misspelt. */
const MISSPELT_CHANGES_MAX = 2;

/**
 * Unknown variables with mammoeval's prefix.
 * @throws {RangeError} if one is nearly a setting; names both
 */
export function unknownSettings(names: Iterable<string>): string[] {
  const settings = Object.keys({ ...SETTINGS, ...COMMAND_SETTINGS });
  const known = new Set([...settings, ...COMPOSE_NAMES]);
  const unknown = [...names].filter((name) =>
    name.toUpperCase().startsWith(PREFIX) && !known.has(name) && !TOOL_NAMES.test(name)
  ).toSorted();
  const misspelt = unknown.flatMap((name) => {
    const meant = nearestOf(name, settings);
    return meant === null ? [] : [`there is no ${name}; did you mean ${meant}?`];
  });
  if (misspelt.length > 0) {
    throw new RangeError(`Cannot read the settings: ${misspelt.join(" ")}`);
  }
  return unknown;
}

function nearestOf(name: string, settings: readonly string[]): string | null {
  const [nearest] = settings
    .map((setting) => ({ setting, changes: changesBetween(name.toUpperCase(), setting) }))
    .filter(({ changes }) => changes <= MISSPELT_CHANGES_MAX)
    .toSorted((a, b) => a.changes - b.changes);
  return nearest?.setting ?? null;
}
