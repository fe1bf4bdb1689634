import project from "../deno.json" with { type: "json" };

/** Version of mammoeval; `deno.json` is the one place where it stands. */
export const VERSION: string = project.version;
