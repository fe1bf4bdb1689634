/**
 * Sends GET requests at a steady rate, whether or not earlier ones are answered, as many clients
 * would: a slow answer does not slow the next question down.
 *
 * @param urlOf gives the URL of the n-th request
 * @param rate requests a second
 * @param seconds how long
 * @returns milliseconds from when each request was due to the end of its answer
 */
export async function askAtRate(
  urlOf: (at: number) => string,
  rate: number,
  seconds: number,
): Promise<number[]> {
  const began = performance.now();
  const times: Promise<number>[] = [];
  for (let at = 0; at < rate * seconds; at++) {
    const due = began + (at / rate) * 1000;
    const wait = due - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    times.push(ask(urlOf(at), due));
  }
  return await Promise.all(times);
}

async function ask(url: string, due: number): Promise<number> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  await response.arrayBuffer();
  return performance.now() - due;
}

/**
 * @param values at least one
 * @param share 0.99 for the value that 99 % do not exceed
 */
export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)]!;
}
