import { openTokenStore } from "../../services/gateway/access/assemble.ts";
import { makeToken } from "../../services/gateway/access/token.ts";
import type { Role } from "../../shared/http/mod.ts";
import { readSettings } from "../../shared/settings.ts";
import { PROJECT, type ServiceUnderTest } from "./embedded_service.ts";

/** Headers that authenticate a user. */
export type Bearer = Record<"authorization", string>;

/** Creates a token on the volume of a running service, as the command does. */
export async function addToken(
  { home }: Pick<ServiceUnderTest, "home">,
  user: string,
  role: Role,
): Promise<Bearer> {
  const settings = readSettings((name) => ({ MAMMOEVAL_HOME: home! })[name], PROJECT);
  const { text, record } = makeToken({ user, role, createdAt: new Date(), expiresAt: null });
  await openTokenStore(settings).add(record);
  return { authorization: `Bearer ${text}` };
}
