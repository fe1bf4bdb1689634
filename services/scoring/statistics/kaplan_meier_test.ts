import assert from "node:assert/strict";
import { kaplanMeierRisk } from "./kaplan_meier.ts";
import { stream } from "./random.ts";

Deno.test("the derivative of the risk is that of small changes of the weights, and ties count together", () => {
  for (let seed = 0; seed < 20; seed++) {
    const random = stream(19, seed);
    const size = 5 + random.integer(30);
    const days = Float64Array.from({ length: size }, () => random.integer(6));
    const events = Uint8Array.from({ length: size }, () => random.integer(2));
    const weights = Float64Array.from({ length: size }, () => 1 + random.integer(3) / 2);
    const order = [...days.keys()].sort((a, b) => days[a]! - days[b]!);
    const isHeld = (at: number): boolean => at % 3 !== 0;
    const of = (given: Float64Array) =>
      kaplanMeierRisk({ days, events, weights: given, order }, 4, isHeld);
    const found = of(weights);
    // Without the product: the share that survives each day.
    let survival = 1;
    for (let day = 0; day <= 4; day++) {
      const among = order.filter((at) => isHeld(at) && days[at]! >= day);
      const sum = (of: readonly number[]): number => of.reduce((all, at) => all + weights[at]!, 0);
      const died = sum(among.filter((at) => days[at] === day && events[at] === 1));
      if (died > 0) survival *= 1 - died / sum(among);
    }
    const last = Math.max(...order.filter(isHeld).map((at) => days[at]!));
    const isCensored = order.some((at) => isHeld(at) && events[at] === 0 && days[at]! < 4);
    assert.equal(found === null, isCensored && last < 4, `seed ${seed}`);
    if (found === null) continue;
    assert.ok(Math.abs(found.risk - (1 - survival)) < 1e-12, `seed ${seed}`);
    for (const at of order) {
      const [more, less] = [1e-5, -1e-5].map((step) =>
        of(weights.map((weight, other) => other === at ? weight + step : weight))!.risk
      );
      const slope = (more! - less!) / 2e-5;
      assert.ok(Math.abs(slope - found.terms[at]!) < 1e-7, `seed ${seed}, sample ${at}`);
    }
  }
});
