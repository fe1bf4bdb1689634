import { LIST_TASK_S_MAX } from "../../../shared/limits.ts";
import { StoredFileDamaged } from "../../../shared/volume/mod.ts";
import { doListTask, readListOf } from "./list_tasks.ts";
import type { ListInput, ListOrder, ListResult, ListTask } from "./list_tasks.ts";
import type { ListMessage } from "./list_worker.ts";

/** Files up to this size are parsed in the calling thread: starting a worker takes longer. */
const AT_ONCE_BYTES = 256 * 1024;

/** Runs tasks on data lists outside the thread that answers requests. */
export interface ListThread {
  /**
   * @throws {StoredFileDamaged} if the list cannot be read
   * @throws what the task throws; RangeError and SyntaxError keep their class
   */
  ask<K extends ListTask>(
    list: Pick<ListOrder, "path" | "digest">,
    task: K,
    input: ListInput<K>,
  ): Promise<ListResult<K>>;
}

/** Starts a thread for large files and ends it when idle. One task at a time, so one large list in memory. */
export function createListThread(taskMs: number = LIST_TASK_S_MAX * 1000): ListThread {
  let worker: Worker | null = null;
  let open = 0;
  let last: Promise<unknown> = Promise.resolve();

  function end(): void {
    worker?.terminate();
    worker = null;
  }

  async function askNext(order: ListOrder): Promise<ListResult<ListTask>> {
    worker ??= new Worker(new URL("./list_worker.ts", import.meta.url), { type: "module" });
    const { promise, resolve, reject } = Promise.withResolvers<ListMessage>();
    worker.onmessage = ({ data }: MessageEvent<ListMessage>): void => resolve(data);
    worker.onerror = (event): void => {
      event.preventDefault(); // otherwise the whole service would end
      end();
      reject(new Error(event.message));
    };
    const timer = setTimeout(() => {
      end();
      reject(new Error(`${order.task} took longer than ${taskMs / 1000} s and was stopped`));
    }, taskMs);
    worker.postMessage(order);
    const message = await promise.finally(() => clearTimeout(timer));
    if ("result" in message) return message.result;
    throw errorOf(message.failure, order);
  }

  return {
    async ask<K extends ListTask>(
      list: Pick<ListOrder, "path" | "digest">,
      task: K,
      input: ListInput<K>,
    ): Promise<ListResult<K>> {
      const order: ListOrder<K> = { ...list, task, input };
      if (await isSmall(order)) return await doListTask(await readListOf(order), order);
      open += 1;
      const result = last.then(() => askNext(order)).finally(() => {
        open -= 1;
        if (open === 0) end();
      });
      last = result.catch(() => {});
      return await result as ListResult<K>;
    },
  };
}

/** Whether all inputs are small. The size of a container's other outputs is unknown. */
async function isSmall({ path, task, input }: ListOrder): Promise<boolean> {
  if (task === "keepOutputs") return false;
  const paths = "path" in input ? [path, input.path] : [path];
  const sizes = await Promise.all(
    paths.map((one) => Deno.lstat(one).then(({ size }) => size, () => 0)),
  );
  return sizes.every((size) => size <= AT_ONCE_BYTES);
}

function errorOf(
  { name, message, damage }: Extract<ListMessage, { failure: unknown }>["failure"],
  { path }: ListOrder,
): Error {
  if (damage !== undefined) return new StoredFileDamaged(path, damage);
  if (name === "RangeError") return new RangeError(message);
  return name === "SyntaxError" ? new SyntaxError(message) : new Error(message);
}
