import { join } from "node:path";
import { addToken } from "../../support/add_token.ts";
import { type Json, sendJson } from "../../support/http.ts";
import type { AttackWorld, Bearer } from "../attack_world.ts";
import type { Attack } from "../attacks.ts";
import type { HeldService } from "../held_service.ts";

const AT_ONCE = 20;

type Answer = Awaited<ReturnType<typeof sendJson>>;
type PostOne = (race: Race, index: number) => Promise<Answer>;

/** What a race is run on. */
interface Race {
  readonly held: HeldService;
  readonly ada: Bearer;
  /** Of the quota, of an image of its own for each race. */
  readonly image: string;
}

/** Many at the same moment where one is left, or where all are the same. */
export function raceAttacks({ held }: AttackWorld): Attack[] {
  const race = (digit: string, run: (race: Race) => Promise<string | null>) => async () =>
    await run({
      held,
      ada: await addToken(held, `ada-${digit}`, "submit"),
      image: `sha256:${digit.repeat(64)}`,
    });
  return [
    { name: "evaluations, one left of the quota", run: race("a", (of) => overQuota(of, folder)) },
    { name: "batches, one left of the quota", run: race("b", (of) => overQuota(of, batch)) },
    {
      name: "a private image, one left of its quota",
      run: race("c", (of) => overQuota(of, image)),
    },
    { name: "one key, one body", run: race("d", (of) => sameKey(of, () => "race")) },
    {
      name: "one key, other bodies",
      run: race("e", (of) => sameKey(of, (index) => `race${index}`)),
    },
    { name: "one name for many datasets", run: race("f", sameName) },
  ];
}

function post(
  race: Race,
  path: string,
  body: unknown,
  headers: Bearer = race.ada,
): Promise<Answer> {
  return sendJson(race.held.url + path, "POST", body, headers);
}

const order = (index: number, model: unknown): Record<string, unknown> => (
  { model, experiment: `race${index}`, dataset: "sample", bootstrap: false }
);
const folder: PostOne = (race, index) => post(race, "/v1/evaluations", order(index, "marked"));
const batch: PostOne = (race, index) => {
  const body = { experiment: `race${index}`, models: ["way-in"], datasets: ["sample"] };
  return post(race, "/v1/evaluations/batch", body);
};
const image: PostOne = (race, index) =>
  post(
    race,
    "/v1/evaluations",
    order(index, { image: race.image, level: "breast", predict_path: "/home/x" }),
  );

async function listed({ held, ada }: Race): Promise<Json[]> {
  const { body } = await sendJson(`${held.url}/v1/evaluations?limit=500`, "GET", undefined, ada);
  return body.items;
}

function times<T>(count: number, make: (index: number) => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, (_, index) => make(index)));
}

/** What must come of it, in numbers. */
function exactly(found: Record<string, number>, wanted: Record<string, number>): string | null {
  const [one, other] = [JSON.stringify(found), JSON.stringify(wanted)];
  return one === other ? null : `${one} instead of ${other}`;
}

async function overQuota(race: Race, one: PostOne): Promise<string | null> {
  for (const index of [100, 101]) {
    const { status, body } = await one(race, index);
    if (status !== 202) return `the first ones are refused: ${status} ${JSON.stringify(body)}`;
  }
  const answers = await times(AT_ONCE, (index) => one(race, index));
  const count = (status: number): number => answers.filter((each) => each.status === status).length;
  return exactly(
    { in: count(202), refused: count(429), all: (await listed(race)).length },
    { in: 1, refused: AT_ONCE - 1, all: 3 },
  );
}

async function sameKey(race: Race, experiment: (index: number) => string): Promise<string | null> {
  const headers = { ...race.ada, "idempotency-key": "one" };
  const answers = await times(AT_ONCE, (index) => {
    const body = { ...order(index, "reference"), experiment: experiment(index) };
    return post(race, "/v1/evaluations", body, headers);
  });
  const fresh = answers.filter(({ status, headers }) =>
    status === 202 && !headers.has("idempotent-replayed")
  );
  const odd = answers.filter(({ status }) => ![202, 409, 422].includes(status));
  return exactly(
    { fresh: fresh.length, odd: odd.length, all: (await listed(race)).length },
    { fresh: 1, odd: 0, all: 1 },
  );
}

async function sameName(race: Race): Promise<string | null> {
  const { dataFolder, owner } = race.held;
  const list = join(dataFolder, "raced.json");
  await Deno.writeTextFile(list, "[]");
  const body = { name: "raced", images: dataFolder, data_list: list };
  const answers = await times(AT_ONCE, () => post(race, "/v1/datasets", body, owner));
  // All are about one dataset, which is rejected sooner or later.
  const odd = answers.filter(({ body }) =>
    body.id !== "raced" && body.type !== "invalid_data_list"
  );
  const { body: { items } } = await sendJson(
    `${race.held.url}/v1/datasets`,
    "GET",
    undefined,
    owner,
  );
  const datasets = items.filter(({ name }: Json) => name === "raced").length;
  return exactly({ odd: odd.length, datasets }, { odd: 0, datasets: 1 });
}
