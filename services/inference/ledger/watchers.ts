/** Who wants to hear of the changes of which evaluation. */
export interface Watchers {
  /** Calls back after every change of one evaluation; returns a function that ends that. */
  watch(id: string, onChange: () => void): () => void;
  /** Tells those who watch an evaluation that it has changed. */
  announce(id: string): void;
}

/** Makes a list of watchers that is empty. */
export function createWatchers(): Watchers {
  const watchers = new Map<string, Set<() => void>>();
  return {
    watch(id, onChange): () => void {
      const set = watchers.get(id) ?? new Set();
      watchers.set(id, set.add(onChange));
      return () => {
        set.delete(onChange);
        if (set.size === 0 && watchers.get(id) === set) watchers.delete(id);
      };
    },
    announce(id): void {
      for (const onChange of [...watchers.get(id) ?? []]) onChange();
    },
  };
}
