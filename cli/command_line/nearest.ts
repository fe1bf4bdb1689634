/** The known word with the fewest changes; null if more than a third of its letters differ. */
export function nearest(word: string, known: Iterable<string>): string | null {
  let best: { word: string; changes: number } | null = null;
  for (const candidate of known) {
    const changes = changesBetween(word.toLowerCase(), candidate.toLowerCase());
    if (changes > Math.max(1, candidate.length / 3)) continue;
    if (best === null || changes < best.changes) best = { word: candidate, changes };
  }
  return best?.word ?? null;
}

/** Returns a suggestion to append to an error message, or "". */
export function didYouMean(word: string, known: Iterable<string>): string {
  const found = nearest(word, known);
  return found === null ? "" : `; did you mean ${found}?`;
}

/** Damerau-Levenshtein distance: swapping two neighbours counts as one change. */
export function changesBetween(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const differs = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + differs);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        least = Math.min(least, rows[i - 2]![j - 2]! + 1);
      }
      row.push(least);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}
