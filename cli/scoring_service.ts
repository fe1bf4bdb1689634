import { basename } from "node:path";
import { assembleScoring } from "../services/scoring/assemble.ts";
import { readSettings } from "../shared/settings.ts";
import { accessService, quietLog, type ServiceAccess } from "./service_access.ts";

/** @returns it as a part of a form, under its own name */
export async function fileAt(path: string): Promise<File> {
  return new File([await Deno.readFile(path)], basename(path));
}

/** Only the scoring service is needed: the running one, or one in this process. */
export async function scoringService(): Promise<ServiceAccess> {
  const read = (name: string): string | undefined => Deno.env.get(name);
  const settings = readSettings(read, Deno.cwd());
  return await accessService(read, () => assembleScoring(settings, quietLog("scoring")));
}
