import { parseArgs } from "node:util";
import { SLUG_PATTERN } from "../shared/contracts/common.ts";
import { type Role, ROLES } from "../shared/http/mod.ts";

/** What `token` is asked to do. */
export type TokenCommand =
  | {
    readonly kind: "create";
    readonly user: string;
    readonly role: Role;
    /** Days until it expires; null for never. */
    readonly days: number | null;
  }
  /** Makes the first token, an admin's, unless there is one already. */
  | { readonly kind: "first" }
  | { readonly kind: "list" }
  | { readonly kind: "revoke"; readonly id: string };

/** How `token` is called. */
export const TOKEN_USAGE = `usage: deno task token create <user> --role <${
  ROLES.join("|")
}> [--days <n>]
       deno task token first
       deno task token list
       deno task token revoke <id>

  read    look at everything
  submit  look at data, models and scores, evaluate, see the own evaluations: a model author
  admin   everything, registering and deleting data too: a data owner

"first" makes a token for "admin" when there is none yet, and does nothing otherwise.
The token is shown once, when it is made; only its hash is kept. From the first token on, the gateway
asks every caller for one, without a restart.`;

/** Longest life of a token that ends, in days: ten years. */
const DAYS_MAX = 3653;

/**
 * Reads the arguments of `token`.
 *
 * @param args the command line
 * @throws {SyntaxError} with the usage, when something is missing, unknown or out of range
 */
export function readTokenArguments(args: readonly string[]): TokenCommand {
  const { positionals, values } = parse(args);
  const [command, subject, ...rest] = positionals;
  if (rest.length > 0) throw wrong(`${rest[0]} is too much`);
  if ((command === "list" || command === "first") && subject === undefined) {
    return { kind: command };
  }
  if (command === "revoke" && subject !== undefined) return { kind: "revoke", id: subject };
  if (command !== "create" || subject === undefined) throw wrong("wrong arguments");
  if (!SLUG_PATTERN.test(subject)) {
    throw wrong(
      `the user ${
        JSON.stringify(subject)
      } is not 1 to 64 letters, digits, dots, dashes, underscores`,
    );
  }
  const role = ROLES.find((known) => known === values.role);
  if (role === undefined) throw wrong(`--role must be ${ROLES.join(", ")}`);
  return { kind: "create", user: subject, role, days: readDays(values.days) };
}

function parse(
  args: readonly string[],
): { positionals: string[]; values: { role?: string; days?: string } } {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { role: { type: "string" }, days: { type: "string" } },
    });
  } catch (error) {
    throw wrong(error instanceof Error ? error.message : String(error));
  }
}

function readDays(text: string | undefined): number | null {
  if (text === undefined) return null;
  const days = Number(text);
  if (/^\d+$/.test(text) && days >= 1 && days <= DAYS_MAX) return days;
  throw wrong(`--days must be a whole number from 1 to ${DAYS_MAX}`);
}

function wrong(reason: string): SyntaxError {
  return new SyntaxError(`Cannot do that with tokens: ${reason}\n${TOKEN_USAGE}`);
}
