const DATE = /^(\d{4})([-./]?)(\d{2})\2(\d{2})(?:[ T].*|\.0+)?$/;
const DAY_MS = 86_400_000;

/**
 * Reads a date whose year comes first, as DICOM, ISO 8601 and pandas write it; a time of day behind it is
 * passed over. In other orders day and month cannot be told apart.
 *
 * @returns YYYYMMDD, or null when it is no such date
 */
export function plainDate(text: string): string | null {
  const [, year, , month, day] = DATE.exec(text.trim()) ?? [];
  if (year === undefined) return null;
  const moment = new Date(`${year}-${month}-${day}T00:00:00Z`);
  const exists = !Number.isNaN(moment.getTime()) && moment.getUTCDate() === Number(day);
  return exists ? `${year}${month}${day}` : null;
}

/**
 * Turns dates of exams into days since the first exam of the same woman, which tell no date.
 *
 * @param exams the woman and the date, YYYYMMDD, of each exam; null where either is not known
 * @returns days from 0; null where woman or date are not known
 */
export function daysSinceFirst(
  exams: readonly { readonly woman: string | null; readonly date: string | null }[],
): (number | null)[] {
  const days = exams.map(({ date }) =>
    date === null
      ? null
      : Date.UTC(Number(date.slice(0, 4)), Number(date.slice(4, 6)) - 1, Number(date.slice(6))) /
        DAY_MS
  );
  const firsts = new Map<string, number>();
  for (const [index, { woman }] of exams.entries()) {
    const day = days[index]!;
    if (woman === null || day === null) continue;
    firsts.set(woman, Math.min(day, firsts.get(woman) ?? day));
  }
  return exams.map(({ woman }, index) => {
    const day = days[index]!;
    return woman === null || day === null ? null : day - firsts.get(woman)!;
  });
}
