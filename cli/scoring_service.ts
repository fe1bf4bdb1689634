import { basename } from "node:path";
import { assembleScoring } from "../services/scoring/assemble.ts";
import { readSettings } from "../shared/settings.ts";
import { accessService, quietLog, type ServiceAccess } from "./service_access.ts";

/** Reads a file for a form, under its own name. */
export async function fileAt(path: string): Promise<File> {
  return new File([await Deno.readFile(path)], basename(path));
}

/** Reaches the running service, or starts only the scoring service in this process. */
export async function scoringService(): Promise<ServiceAccess> {
  const read = (name: string): string | undefined => Deno.env.get(name);
  const settings = readSettings(read, Deno.cwd());
  return await accessService(read, () => assembleScoring(settings, quietLog("scoring")));
}
