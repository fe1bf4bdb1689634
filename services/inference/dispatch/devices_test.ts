import assert from "node:assert/strict";
import fc from "fast-check";
import { type Claim, createDevicePool } from "./devices.ts";

Deno.test("auto takes the first free gpu and waits when there is none", () => {
  const pool = createDevicePool({ cpuSlots: 1, gpus: [2, 5] });
  assert.deepEqual(pool.take({ device: "gpu", gpu: "auto" }), { gpus: [2] });
  assert.deepEqual(pool.take({ device: "gpu", gpu: "auto" }), { gpus: [5] });
  assert.equal(pool.take({ device: "gpu", gpu: "auto" }), null);
  pool.release({ gpus: [2] });
  assert.deepEqual(pool.take({ device: "gpu", gpu: "auto" }), { gpus: [2] });
});

Deno.test("a list is taken whole or not at all", () => {
  const pool = createDevicePool({ cpuSlots: 1, gpus: [0, 1, 2] });
  assert.deepEqual(pool.take({ device: "gpu", gpu: 1 }), { gpus: [1] });
  assert.equal(pool.take({ device: "gpu", gpu: [0, 1] }), null);
  assert.deepEqual(pool.take({ device: "gpu", gpu: [0, 2] }), { gpus: [0, 2] });
});

Deno.test("a gpu that is named twice is taken once", () => {
  const pool = createDevicePool({ cpuSlots: 1, gpus: [0] });
  assert.deepEqual(pool.take({ device: "gpu", gpu: [0, 0] }), { gpus: [0] });
});

Deno.test("a request for a gpu never gets a cpu, nor the other way round", () => {
  const none = createDevicePool({ cpuSlots: 4, gpus: [] });
  assert.equal(none.take({ device: "gpu", gpu: "auto" }), null);
  const noSlots = createDevicePool({ cpuSlots: 0, gpus: [0] });
  assert.equal(noSlots.take({ device: "cpu", gpu: "auto" }), null);
});

Deno.test("where nobody knows the gpus, auto means the first, and any index may be asked for", () => {
  const pool = createDevicePool({ cpuSlots: 1, gpus: null });
  assert.deepEqual(pool.take({ device: "gpu", gpu: "auto" }), { gpus: [0] });
  assert.equal(pool.take({ device: "gpu", gpu: "auto" }), null);
  assert.deepEqual(pool.take({ device: "gpu", gpu: 7 }), { gpus: [7] });
});

Deno.test("cpu slots are counted, also those taken up again", () => {
  const pool = createDevicePool({ cpuSlots: 2, gpus: null });
  pool.retake({ cpu: true });
  assert.deepEqual(pool.take({ device: "cpu", gpu: "auto" }), { cpu: true });
  assert.equal(pool.take({ device: "cpu", gpu: "auto" }), null);
  pool.release({ cpu: true });
  assert.deepEqual(pool.take({ device: "cpu", gpu: "auto" }), { cpu: true });
});

Deno.test("property: never two on one gpu, never more than the slots, nothing lost", () => {
  const gpu = fc.oneof(
    fc.constant("auto" as const),
    fc.nat(3),
    fc.array(fc.nat(3), { minLength: 1, maxLength: 3 }),
  );
  const step = fc.oneof(
    fc.record({
      take: fc.record({ device: fc.constantFrom("gpu" as const, "cpu" as const), gpu }),
    }),
    fc.record({ release: fc.nat(10) }),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
    const pool = createDevicePool({ cpuSlots: 2, gpus: [0, 1, 2, 3] });
    const held: Claim[] = [];
    for (const step of steps) {
      if ("take" in step) {
        const claim = pool.take(step.take);
        if (claim !== null) held.push(claim);
      } else if (held.length > 0) {
        pool.release(held.splice(step.release % held.length, 1)[0]!);
      }
      const gpus = held.flatMap((claim) => "gpus" in claim ? claim.gpus : []);
      assert.equal(new Set(gpus).size, gpus.length);
      assert.ok(held.filter((claim) => "cpu" in claim).length <= 2);
    }
    for (const claim of held) pool.release(claim);
    assert.deepEqual(pool.take({ device: "gpu", gpu: [0, 1, 2, 3] }), { gpus: [0, 1, 2, 3] });
  }));
});
