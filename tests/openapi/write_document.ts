import { makeApps } from "../support/api.ts";
import type { Exchange } from "./document/add_examples.ts";
import { assembleDocument } from "./document/assemble.ts";

/** Where the gateway has the API's document from. */
export const DOCUMENT_FILE = new URL("../../services/gateway/openapi.json", import.meta.url);

/** Writes the API's document from today's routes and the examples given, or those that are recorded. */
export async function writeDocument(exchanges?: readonly Exchange[]): Promise<void> {
  const document = await assembleDocument(makeApps(), exchanges);
  await Deno.writeTextFile(DOCUMENT_FILE, JSON.stringify(document, null, 2) + "\n");
}

if (import.meta.main) await writeDocument();
