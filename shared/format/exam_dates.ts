const DATE = /^(\d{4})([-./]?)(\d{2})\2(\d{2})(?:[ T].*|\.0+)?$/;
const DAY_MS = 86_400_000;

/** YYYYMMDD of a year-first date, without its time; null for other orders, which are ambiguous. */
export function plainDate(text: string): string | null {
  const [, year, , month, day] = DATE.exec(text.trim()) ?? [];
  if (year === undefined) return null;
  const moment = new Date(`${year}-${month}-${day}T00:00:00Z`);
  const exists = !Number.isNaN(moment.getTime()) && moment.getUTCDate() === Number(day);
  return exists ? `${year}${month}${day}` : null;
}

/** Days since the woman's first exam, which reveal no date; null when woman or date is unknown. */
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
