import { COMMAND_SETTINGS, SETTINGS } from "../../shared/settings.ts";

/** README's chapter of settings: its table is everything between the sentence and the next chapter. */
const CHAPTER = /^## Settings\n.*?\n\n(?=\|)(.*?)\n(?=\n)/ms;

/** @returns README's table of settings, as the schema has them */
export function settingsTable(): string {
  const rows = Object.entries({ ...SETTINGS, ...COMMAND_SETTINGS }).map(
    ([name, { fallback, about }]) =>
      `| \`${name}\` | ${fallback === "" ? "" : `\`${fallback}\``} | ${
        about.replaceAll("|", "\\|")
      } |`,
  );
  return ["| name | default | what |", "|---|---|---|", ...rows].join("\n");
}

/** @returns the table of settings that a README has */
export function tableIn(readme: string): string {
  const table = CHAPTER.exec(readme)?.[1];
  if (table === undefined) throw new SyntaxError("Cannot find README's table of settings");
  return table;
}

if (import.meta.main) {
  const path = new URL("../../README.md", import.meta.url);
  const readme = await Deno.readTextFile(path);
  await Deno.writeTextFile(path, readme.replace(tableIn(readme), () => settingsTable()));
}
