import type { Family } from "./attack_table.ts";
import type { AttackWorld } from "./attack_world.ts";
import {
  type Attack,
  folderAttacks,
  pathAttacks,
  personAttacks,
  textAttacks,
  uploadAttacks,
  webhookAttacks,
} from "./attacks.ts";
import { bodyAttacks } from "./families/bodies.ts";
import { crossingAttacks } from "./families/crossings.ts";
import { guessAttacks } from "./families/guesses.ts";
import { nameAttacks } from "./families/names.ts";
import { raceAttacks } from "./families/races.ts";
import { siteAttacks } from "./families/sites.ts";
import { streamAttacks } from "./families/streams.ts";
import { swapAttacks } from "./families/swaps.ts";
import { plantedTexts } from "./families/texts.ts";
import { wireAttacks } from "./families/wire.ts";

type Maker = (world: AttackWorld) => Attack[] | Promise<Attack[]>;

/** All families; the last three are made from the API's document. */
export const MAKERS: readonly (readonly [name: string, make: Maker])[] = [
  ["paths in addresses", pathAttacks],
  ["paths and links in bodies", folderAttacks],
  ["links swapped in", swapAttacks],
  ["archives and pickles", uploadAttacks],
  ["names that deceive", nameAttacks],
  ["ends of requests, ranges", wireAttacks],
  ["markup, headers, sizes", textAttacks],
  ["receivers of webhooks", webhookAttacks],
  ["pages of other sites", siteAttacks],
  ["roles and others' work", personAttacks],
  ["races", raceAttacks],
  ["open streams", streamAttacks],
  ["guessed tokens", guessAttacks],
  ["bodies made to harm", bodyAttacks],
  ["texts in every field", plantedTexts],
  ["every route across users", crossingAttacks],
];

/** Prepares every family against a world. */
export async function familiesOf(world: AttackWorld): Promise<Family[]> {
  const families: Family[] = [];
  for (const [name, make] of MAKERS) families.push({ name, attacks: await make(world) });
  return families;
}
