/**
 * Compares two predictions files of the same run.
 *
 * @param one the first file's text
 * @param other the second file's text
 * @returns null when they say the same, or the first difference, in words
 */
export function comparePredictions(one: string, other: string): string | null {
  if (one === other) return null;
  const [first, second] = [one, other].map((text) => text.trimEnd().split(/\r?\n/));
  const different = first!.findIndex((line, index) => line !== second![index]);
  if (different < 0 && first!.length === second!.length) return null;
  if (different < 0) return `one has ${first!.length} lines, the other ${second!.length}`;
  const count = first!.filter((line, index) => line !== second![index]).length;
  return `${count} of ${first!.length} lines differ, the first is line ${different + 1}: ` +
    `"${first![different]}" and "${second![different] ?? ""}"`;
}
