import { COMMAND_SETTINGS, SETTINGS } from "../../shared/settings.ts";

/** The only document with the table of settings. */
export const SETTINGS_DOCUMENT = new URL("../../docs/settings.md", import.meta.url);
const TABLE = /^\| name \| default \|.*?(?=\n\n)/ms;

/** Returns the table of settings generated from the schema. */
export function settingsTable(): string {
  const rows = Object.entries({ ...SETTINGS, ...COMMAND_SETTINGS }).map(
    ([name, { fallback, about }]) =>
      `| \`${name}\` | ${fallback === "" ? "" : `\`${fallback}\``} | ${
        about.replaceAll("|", "\\|")
      } |`,
  );
  return ["| name | default | what |", "|---|---|---|", ...rows].join("\n");
}

/** Returns the table of settings in a document. */
export function tableIn(document: string): string {
  const table = TABLE.exec(document)?.[0];
  if (table === undefined) throw new SyntaxError("Cannot find the table of settings");
  return table;
}

if (import.meta.main) {
  const document = await Deno.readTextFile(SETTINGS_DOCUMENT);
  await Deno.writeTextFile(
    SETTINGS_DOCUMENT,
    document.replace(tableIn(document), () => settingsTable()),
  );
}
