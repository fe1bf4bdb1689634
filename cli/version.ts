/** Version of mammoeval; `deno.json` is the one place where it stands. */
export const VERSION: string = JSON.parse(
  Deno.readTextFileSync(new URL("../deno.json", import.meta.url)),
).version;
