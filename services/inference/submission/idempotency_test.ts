import assert from "node:assert/strict";
import type { Problem } from "../../../shared/http/mod.ts";
import { type AskedKey, createIdempotencyGuard } from "./idempotency.ts";
import { makeEvaluation } from "../../../tests/support/inference/values.ts";
import { inWorld } from "../../../tests/support/inference/world.ts";

const isProblem = (type: Problem["type"]): (error: Problem) => boolean => (error) =>
  error.type === type;

const asked = (key: string | undefined, user = "ada"): AskedKey => ({ user, key });

Deno.test("the same key and body get the kept answer; another body is refused", () =>
  inWorld(async ({ ledger }) => {
    const guard = createIdempotencyGuard(ledger);
    let worked = 0;
    const ask = (body: unknown): ReturnType<typeof guard.once<string>> =>
      guard.once(asked("k"), body, (keep) => {
        worked += 1;
        const evaluation = makeEvaluation();
        ledger.add(evaluation, keep!(evaluation.id, '{"answer":1}'));
        return Promise.resolve(evaluation.id);
      });
    const first = await ask({ model: "a", parameters: { x: 1, y: 2 } });
    assert.ok("fresh" in first);
    const again = await ask({ parameters: { y: 2, x: 1 }, model: "a" });
    assert.ok("kept" in again, "the order of fields is no difference");
    assert.deepEqual([again.kept.evaluation, again.kept.body], [first.fresh, '{"answer":1}']);
    await assert.rejects(ask({ model: "b" }), isProblem("idempotency_key_reused"));
    assert.equal(worked, 1);
  }));

Deno.test("a request in flight is refused with Retry-After", () =>
  inWorld(async ({ ledger }) => {
    const guard = createIdempotencyGuard(ledger);
    const gate = Promise.withResolvers<string>();
    const first = guard.once(asked("k"), {}, () => gate.promise);
    await assert.rejects(
      guard.once(asked("k"), {}, () => Promise.resolve("second")),
      (error: Problem) =>
        error.type === "request_in_flight" && error.headers["retry-after"] === "1",
    );
    gate.resolve("first");
    assert.deepEqual(await first, { fresh: "first" });
  }));

Deno.test("a refused request does not use up its key", () =>
  inWorld(async ({ ledger }) => {
    const guard = createIdempotencyGuard(ledger);
    await assert.rejects(guard.once(asked("k"), {}, () => Promise.reject(new Error("no"))), /no/);
    assert.deepEqual(await guard.once(asked("k"), { other: 1 }, () => Promise.resolve(1)), {
      fresh: 1,
    });
  }));

Deno.test("without a key every request is worked on; an odd key is refused", () =>
  inWorld(async ({ ledger }) => {
    const guard = createIdempotencyGuard(ledger);
    const kept = await guard.once(asked(undefined), {}, (keep) => Promise.resolve(keep));
    assert.deepEqual(kept, { fresh: null });
    for (const key of ["", "k".repeat(256)]) {
      await assert.rejects(
        guard.once(asked(key), {}, () => Promise.resolve(1)),
        isProblem("invalid_request"),
      );
    }
  }));

Deno.test("another user's key is another key", () =>
  inWorld(async ({ ledger }) => {
    const guard = createIdempotencyGuard(ledger);
    const ask = (user: string): ReturnType<typeof guard.once<string>> =>
      guard.once(asked("k", user), { by: user }, (keep) => {
        const evaluation = makeEvaluation();
        ledger.add(evaluation, keep!(evaluation.id, "{}"));
        return Promise.resolve(evaluation.id);
      });
    assert.ok("fresh" in await ask("ada"));
    assert.ok("fresh" in await ask("grace"));
    assert.ok("kept" in await ask("ada"));
  }));
