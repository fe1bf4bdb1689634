import { SLUG_PATTERN } from "../../shared/contracts/common.ts";
import { type Role, ROLES } from "../../shared/http/mod.ts";
import { type Command, didYouMean, type Given } from "../command_line/mod.ts";

export type TokenCommand =
  | {
    readonly kind: "create";
    readonly user: string;
    readonly role: Role;
    /** Days until it expires; null for never. */
    readonly days: number | null;
  }
  /** Creates the first token, an admin's, unless one exists. */
  | { readonly kind: "first" }
  | { readonly kind: "list" }
  | { readonly kind: "revoke"; readonly id: string };

/** Longest lifetime of an expiring token, in days: ten years. */
const DAYS_MAX = 3653;

export const TOKEN: Command<TokenCommand> = {
  name: "token",
  about: "Makes, lists and revokes the tokens with which callers say who they are",
  task: "do that with tokens",
  hasJson: true,
  forms: [
    {
      word: "create",
      positionals: [{ name: "user", about: "whose token it is" }],
      options: {
        role: { about: `what it may do: ${ROLES.join(", ")}`, value: `<${ROLES.join("|")}>` },
        days: { about: `days until it expires, at most ${DAYS_MAX}; default never`, value: "<n>" },
      },
    },
    { word: "first", positionals: [], options: {} },
    { word: "list", positionals: [], options: {} },
    {
      word: "revoke",
      positionals: [{ name: "id", about: "first column of the list" }],
      options: {},
    },
  ],
  notes: `read    look at everything
submit  look at data, models and scores, evaluate, see the own evaluations: a model author
admin   everything, registering and deleting data too: a data owner

"first" makes a token for "admin" when there is none yet, and does nothing otherwise. The token is shown
once, when it is made, alone on standard output; only its hash is kept. From the first token on, the
gateway asks every caller for one, without a restart.`,
  examples: [
    { about: "a data owner", line: "deno task token create ada --role admin" },
    {
      about: "a model author, for a month",
      line: "deno task token create bob --role submit --days 30",
    },
    { about: "who has one", line: "deno task token list" },
    { about: "no longer valid, at once", line: "deno task token revoke 0123456789ab" },
  ],
  read({ word, positionals, options }): TokenCommand {
    if (word === "list" || word === "first") return { kind: word };
    if (word === "revoke") return { kind: "revoke", id: positionals[0]! };
    const user = positionals[0]!;
    if (!SLUG_PATTERN.test(user)) {
      throw new RangeError(
        `the user ${
          JSON.stringify(user)
        } is not 1 to 64 letters, digits, dots, dashes, underscores`,
      );
    }
    return {
      kind: "create",
      user,
      role: readRole(options["role"]),
      days: readDays(options["days"]),
    };
  },
};

type OptionValue = Given["options"][string] | undefined;

function readRole(text: OptionValue): Role {
  const role = ROLES.find((known) => known === text);
  if (role !== undefined) return role;
  const nearby = typeof text === "string" ? didYouMean(text, ROLES) : "";
  throw new RangeError(`--role must be ${ROLES.join(", ")}${nearby}`);
}

function readDays(text: OptionValue): number | null {
  if (text === undefined) return null;
  const days = Number(text);
  if (/^\d+$/.test(String(text)) && days >= 1 && days <= DAYS_MAX) return days;
  throw new RangeError(`--days must be a whole number from 1 to ${DAYS_MAX}`);
}
