import { openTokenStore } from "../../../services/gateway/access/assemble.ts";
import { makeToken, type TokenRecord } from "../../../services/gateway/access/token.ts";
import { HELD_OPEN_MAX } from "../../../shared/limits.ts";
import { readSettings } from "../../../shared/settings.ts";
import { PROJECT } from "../../support/embedded_service.ts";
import type { AttackWorld, Bearer } from "../attack_world.ts";
import { type Attack, PATIENCE_MS } from "../attacks.ts";
import type { HeldService } from "../held_service.ts";

/** Streams beyond the bound that are tried. */
const BEYOND = 20;
/** Streams that nobody reads. */
const UNREAD = 50;
const STREAMS = ["/events", "/log?follow=true"];

/** Streams that outlive their token, and more of them than one user may hold. */
export function streamAttacks({ held }: AttackWorld): Attack[] {
  return [
    ...STREAMS.flatMap((path) => [
      {
        name: `${path} goes on after its token was revoked`,
        run: async (): Promise<string | null> => {
          const { headers, record } = await addUser(held, "eve");
          const answer = await open(held, path, headers);
          await revoke(held, record);
          return await ends(answer);
        },
      },
      {
        name: `${path} goes on after its token has expired`,
        run: async (): Promise<string | null> => {
          const { headers } = await addUser(held, "eve", new Date(Date.now() + 1_500));
          return await ends(await open(held, path, headers));
        },
      },
    ]),
    { name: "more streams than one user may hold", run: () => tooMany(held) },
    { name: "more waiting requests than one user may hold", run: () => tooManyWait(held) },
    { name: "streams that nobody reads", run: () => unread(held) },
  ];
}

function storeOf({ home }: HeldService): ReturnType<typeof openTokenStore> {
  return openTokenStore(
    readSettings((name) => name === "MAMMOEVAL_HOME" ? home : undefined, PROJECT),
  );
}

async function addUser(
  held: HeldService,
  user: string,
  expiresAt: Date | null = null,
): Promise<{ headers: Bearer; record: TokenRecord }> {
  const { text, record } = makeToken({ user, role: "read", createdAt: new Date(), expiresAt });
  await storeOf(held).add(record);
  return { headers: { authorization: `Bearer ${text}` }, record };
}

async function revoke(held: HeldService, { id }: TokenRecord): Promise<void> {
  await storeOf(held).revoke(id, new Date());
}

async function open(held: HeldService, path: string, headers: Bearer): Promise<Response> {
  return await fetch(`${held.url}/v1/evaluations/${held.evaluation}${path}`, { headers });
}

/** Reads an answer to its end, or until nobody would wait any longer. */
async function ends(answer: Response): Promise<string | null> {
  if (!answer.ok) return `it did not begin: ${answer.status}`;
  const reader = answer.body!.getReader();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const goesOn = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve("it goes on"), PATIENCE_MS);
  });
  const loot = await Promise.race([readAll(reader), goesOn]);
  clearTimeout(timer);
  if (loot !== null) await reader.cancel();
  return loot;
}

async function readAll(reader: ReadableStreamDefaultReader<Uint8Array>): Promise<null> {
  try {
    while (!(await reader.read()).done);
  } catch {
    // It is broken off: that is an end, too.
  }
  return null;
}

async function tooMany(held: HeldService): Promise<string | null> {
  const { headers } = await addUser(held, "mallory");
  const other = await addUser(held, "trent");
  const answers = await times(HELD_OPEN_MAX + BEYOND, () => open(held, "/events", headers));
  const others = await open(held, "/events", other.headers);
  const refusal = answers.find(({ status }) => status === 429);
  const detail = refusal === undefined ? "" : (await refusal.json()).detail;
  const count = answers.filter(({ ok }) => ok).length;
  for (const answer of [...answers, others]) if (answer !== refusal) await answer.body?.cancel();
  if (count > HELD_OPEN_MAX) return `${count} streams are held`;
  if (!others.ok) return `another user got ${others.status}`;
  return /open requests/.test(detail) ? null : `it does not say why: ${detail}`;
}

async function tooManyWait(held: HeldService): Promise<string | null> {
  const { headers } = await addUser(held, "peggy");
  const asking = new AbortController();
  const statuses: number[] = [];
  const refused = Promise.withResolvers<void>();
  const all = times(HELD_OPEN_MAX + BEYOND, async () => {
    const { status, body } = await fetch(`${held.url}/v1/evaluations/${held.evaluation}`, {
      headers: { ...headers, prefer: "wait=600" },
      signal: asking.signal,
    });
    await body?.cancel();
    if (statuses.push(status) === BEYOND) refused.resolve();
  });
  const timer = setTimeout(refused.resolve, PATIENCE_MS);
  await refused.promise;
  clearTimeout(timer);
  asking.abort();
  await all.catch(() => {});
  return statuses.length >= BEYOND && statuses.every((status) => status === 429)
    ? null
    : `all of them wait, but for ${JSON.stringify(statuses)}`;
}

/** A client that never reads holds its place and no more, and loses it with its token. */
async function unread(held: HeldService): Promise<string | null> {
  const { headers, record } = await addUser(held, "oscar");
  const answers = await times(UNREAD, () => open(held, "/events", headers));
  const own = await open(held, "", held.owner);
  await own.body?.cancel();
  await revoke(held, record);
  const loot = (await Promise.all(answers.map(ends))).find((one) => one !== null);
  return own.ok ? loot ?? null : `another user got ${own.status}`;
}

function times<T>(count: number, make: () => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, make));
}
