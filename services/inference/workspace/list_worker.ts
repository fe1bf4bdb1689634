/** Worker thread for data lists, which take seconds to read. It caches the list of the last check. */
import type { DataList } from "../../../shared/format/mod.ts";
import { StoredFileDamaged } from "../../../shared/volume/mod.ts";
import { doListTask, readListOf } from "./list_tasks.ts";
import type { ListOrder, ListResult, ListTask } from "./list_tasks.ts";

/** Result of an order. An error loses its class between threads, so `name` carries it. */
export type ListMessage =
  | { readonly result: ListResult<ListTask> }
  | {
    readonly failure: {
      readonly name: string;
      readonly message: string;
      /** The fault in the list itself. */
      readonly damage?: string;
    };
  };

const thread = self as unknown as {
  onmessage: (event: MessageEvent<ListOrder>) => void;
  postMessage(message: ListMessage): void;
};

let kept: Pick<ListOrder, "path" | "digest"> & { readonly list: DataList } | null = null;

async function listOf(order: ListOrder): Promise<DataList> {
  const { path, digest, task } = order;
  if (digest !== null && kept?.path === path && kept.digest === digest) return kept.list;
  kept = null; // two lists at a time would take twice the memory
  const list = await readListOf(order);
  if (task === "checkRequest") kept = { path, digest, list };
  return list;
}

thread.onmessage = async ({ data }): Promise<void> => {
  try {
    thread.postMessage({ result: await doListTask(await listOf(data), data) });
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    const damage = error instanceof StoredFileDamaged ? { damage: error.reason } : {};
    thread.postMessage({ failure: { name, message, ...damage } });
  }
};
