import { openTokenStore } from "../services/gateway/access/assemble.ts";
import { makeToken, type TokenRecord } from "../services/gateway/access/token.ts";
import type { TokenStore } from "../services/gateway/access/token_store.ts";
import { readSettings } from "../shared/settings.ts";
import { type Console, createConsole } from "./console.ts";
import { readTokenArguments, type TokenCommand } from "./token_arguments.ts";

const DAY_MS = 86_400_000;

/**
 * Makes, lists and revokes tokens.
 *
 * @param command what to do
 * @param store where tokens are kept
 * @param console takes the token itself as the only line of the result
 * @param now for creation, expiry and revocation
 * @returns the exit code
 */
export async function token(
  command: TokenCommand,
  store: TokenStore,
  console: Console,
  now: Date,
): Promise<number> {
  if (command.kind === "create") return await create(command, store, console, now);
  if (command.kind === "first") {
    const first = { user: "admin", role: "admin", days: null } as const;
    return (await store.all()).length > 0 ? 0 : await create(first, store, console, now);
  }
  if (command.kind === "list") {
    for (const record of await store.all()) console.result(describe(record, now));
    return 0;
  }
  const revoked = await store.revoke(command.id, now);
  if (revoked === null) {
    console.complaint(
      `There is no token ${JSON.stringify(command.id)}: deno task token list shows the ids`,
    );
    return 1;
  }
  console.result(describe(revoked, now));
  return 0;
}

async function create(
  { user, role, days }: Pick<Extract<TokenCommand, { kind: "create" }>, "user" | "role" | "days">,
  store: TokenStore,
  console: Console,
  now: Date,
): Promise<number> {
  const expiresAt = days === null ? null : new Date(now.getTime() + days * DAY_MS);
  const { text, record } = makeToken({ user, role, createdAt: now, expiresAt });
  await store.add(record);
  console.progress(`token ${record.id} of ${user} (${role}): keep it, it is not shown again`);
  console.result(text);
  return 0;
}

function describe(record: TokenRecord, now: Date): string {
  const { id, user, role, created_at, expires_at, revoked_at } = record;
  const state = revoked_at !== null
    ? `revoked ${revoked_at}`
    : expires_at === null
    ? "valid"
    : Date.parse(expires_at) <= now.getTime()
    ? `expired ${expires_at}`
    : `valid until ${expires_at}`;
  return [id, user, role, `made ${created_at}`, state].join("\t");
}

if (import.meta.main) {
  const settings = readSettings((name) => Deno.env.get(name), Deno.cwd());
  const console = createConsole(Deno.stderr.isTerminal());
  const command = readTokenArguments(Deno.args);
  Deno.exit(await token(command, openTokenStore(settings), console, new Date()));
}
