import { openTokenStore } from "../services/gateway/access/assemble.ts";
import { makeToken, type TokenRecord } from "../services/gateway/access/token.ts";
import type { TokenStore } from "../services/gateway/access/token_store.ts";
import { readSettings } from "../shared/settings.ts";
import { EXIT } from "./command_line/mod.ts";
import { TOKEN, type TokenCommand } from "./commands/token.ts";
import type { Console } from "./console.ts";
import { Failure } from "./failure.ts";
import { type Outcome, runCommand } from "./run_command.ts";

const DAY_MS = 86_400_000;

/**
 * The token is the only line of the result.
 * @throws {Failure} if there is no token to revoke
 */
export async function token(
  command: TokenCommand,
  store: TokenStore,
  console: Console,
  now: Date,
): Promise<Outcome> {
  if (command.kind === "create") return await create(command, store, console, now);
  if (command.kind === "first") {
    const first = { user: "admin", role: "admin", days: null } as const;
    if ((await store.all()).length === 0) return await create(first, store, console, now);
    console.note("There is a token already, so none was made: deno task token list shows them");
    return { exitCode: EXIT.done, document: { token: null } };
  }
  if (command.kind === "list") {
    const records = await store.all();
    for (const record of records) console.result(describe(record, now));
    if (records.length === 0) {
      console.note("There is no token: every user of this machine may do everything");
    }
    return { exitCode: EXIT.done, document: { items: records.map((one) => shown(one, now)) } };
  }
  const revoked = await store.revoke(command.id, now);
  if (revoked === null) {
    throw new Failure(
      "not_found",
      `There is no token ${JSON.stringify(command.id)}: deno task token list shows the ids`,
    );
  }
  console.result(describe(revoked, now));
  return { exitCode: EXIT.done, document: shown(revoked, now) };
}

async function create(
  { user, role, days }: Pick<Extract<TokenCommand, { kind: "create" }>, "user" | "role" | "days">,
  store: TokenStore,
  console: Console,
  now: Date,
): Promise<Outcome> {
  const expiresAt = days === null ? null : new Date(now.getTime() + days * DAY_MS);
  const { text, record } = makeToken({ user, role, createdAt: now, expiresAt });
  await store.add(record);
  console.note(`token ${record.id} of ${user} (${role}): keep it, it is not shown again`);
  console.result(text);
  return { exitCode: EXIT.done, document: { ...shown(record, now), token: text } };
}

/** A record for display, without its hash. */
function shown(record: TokenRecord, now: Date): Record<string, unknown> {
  const { id, user, role, created_at, expires_at, revoked_at } = record;
  return { id, user, role, created_at, expires_at, revoked_at, state: stateOf(record, now).word };
}

function describe(record: TokenRecord, now: Date): string {
  const { id, user, role, created_at } = record;
  const { word, moment } = stateOf(record, now);
  const state = moment === null ? word : `${word === "valid" ? "valid until" : word} ${moment}`;
  return [id, user, role, `made ${created_at}`, state].join("\t");
}

/** Whether the token is valid, and since or until when. */
function stateOf(
  { expires_at, revoked_at }: TokenRecord,
  now: Date,
): { word: "valid" | "expired" | "revoked"; moment: string | null } {
  if (revoked_at !== null) return { word: "revoked", moment: revoked_at };
  const isOver = expires_at !== null && Date.parse(expires_at) <= now.getTime();
  return { word: isOver ? "expired" : "valid", moment: expires_at };
}

if (import.meta.main) {
  await runCommand(TOKEN, async (command, console) => {
    const settings = readSettings((name) => Deno.env.get(name), Deno.cwd());
    return await token(command, openTokenStore(settings), console, new Date());
  });
}
