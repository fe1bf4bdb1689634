import type { AttackWorld, Bearer } from "../attack_world.ts";
import { type Attack, leakOf, type Loot, send } from "../attacks.ts";
import { type Operation, readDocument } from "../document.ts";

const UNKNOWN = "019a0000-0000-7000-8000-000000000000";
/** What stands for parameters that are no id. */
const OTHERS: Readonly<Record<string, string>> = {
  delivery: "msg_x",
  level: "breast",
  file: "roc.png",
  dataset: "sample",
  name: "reference",
};
/** What everybody may ask: nothing else. */
const HEALTH = ["/healthz", "/readyz"];
/** Pages are in no document. */
const PAGES = ["GET /evaluations/{id}", "POST /evaluations/{id}/cancel"];

type Door = Pick<Operation, "method" | "path" | "role">;

/** Every operation of the document, and the pages. */
async function doorsOf(world: AttackWorld): Promise<Door[]> {
  const pages = PAGES.map((page) => {
    const [method, path] = page.split(" ") as [string, string];
    return { method, path, role: null };
  });
  return [...(await readDocument(world)).operations, ...pages];
}

function filled(path: string, id: string): string {
  return path.replaceAll(
    /\{(\w+)\}/g,
    (_, name: string) => name === "id" ? id : OTHERS[name] ?? id,
  );
}

/** What an answer tells, without what differs between any two. */
function told({ status, headers, text }: Loot, id: string): string {
  const body = text.replaceAll(id, "ID").replace(/"request_id":"[^"]*"/, "");
  const names = [...headers].map(([name]) => name).filter((name) => name !== "content-length");
  return JSON.stringify([status, names.sort(), body]);
}

/**
 * Reads and changes across users, made from the document: what is somebody else's answers like what does not
 * exist, a role does no more than its own, and whoever is nobody learns nothing.
 */
export async function crossingAttacks(world: AttackWorld): Promise<Attack[]> {
  const operations = await doorsOf(world);
  const { eve, reader } = world.people;
  const ask = (who: Bearer, { method, path }: Door, id: string): Promise<Loot> => {
    const body = method === "GET" || method === "DELETE" ? undefined : {};
    return send(world, who, [method, filled(path, id), body], { accept: "application/json" });
  };
  const alike = (who: string, headers: Bearer, operation: Door, id: string): Attack => ({
    name: `${who}: ${operation.method} ${operation.path} of somebody else's`,
    run: async () => {
      const [there, nowhere] = [
        await ask(headers, operation, id),
        await ask(headers, operation, UNKNOWN),
      ];
      const [one, other] = [told(there, id), told(nowhere, UNKNOWN)];
      if (there.status < 400) return `${there.status}: ${there.text.slice(0, 200)}`;
      return leakOf(there) ?? (one === other ? null : `it differs: ${one} ${other}`);
    },
  });
  const refusedWith = (
    who: string,
    headers: Bearer,
    operation: Door,
    status: number,
  ): Attack => ({
    name: `${who}: ${operation.method} ${operation.path}`,
    run: async () => {
      const loot = await ask(headers, operation, world.evaluation);
      return leakOf(loot) ??
        (loot.status === status ? null : `${loot.status}: ${loot.text.slice(0, 200)}`);
    },
  });
  const ofEvaluations = operations.filter(({ path }) => /\/evaluations\/\{id\}/.test(path));
  const withParameters = operations.filter(({ path }) => path.includes("{"));
  return [
    ...ofEvaluations.map((operation) => alike("eve", eve, operation, world.evaluation)),
    ...withParameters.map((operation) => alike("nobody", {}, operation, world.evaluation)),
    ...operations.filter(({ method, role }) => method !== "GET" || role !== "read" && role !== null)
      .map((operation) => refusedWith("a reader", reader, operation, 403)),
    ...operations.filter(({ method, role }) => method === "DELETE" || role === "admin")
      .map((operation) => refusedWith("eve as admin", eve, operation, 403)),
    ...operations.filter(({ path }) => !HEALTH.includes(path)).map((operation) =>
      refusedWith("nobody", {}, operation, 401)
    ),
  ];
}
