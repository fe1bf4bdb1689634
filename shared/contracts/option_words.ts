/** Texts of forms and multipart bodies that mean measuring options: in words, or in JSON. */

/** Thresholds, `sensitivity=SHARE` and `specificity=SHARE`, or the API's JSON. Other words are left for the API to refuse. */
export function operatingPointsOf(text: string): unknown {
  return jsonOf(text) ?? wordsOf(text).map((word) => {
    const [name, share] = word.split("=");
    return share === undefined ? numberOf(word) : { [name!]: numberOf(share) };
  });
}

/** `none`, `all`, keys of the exams, or the API's JSON. */
export function subgroupsOf(text: string): unknown {
  if (text === "none" || text === "false") return false;
  return text === "all" || text === "true" || (jsonOf(text) ?? wordsOf(text));
}

/** The list that a text writes in JSON; null for other texts. */
function jsonOf(text: string): unknown {
  if (!text.startsWith("[")) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Leaves other text as it is, so that the API refuses it by name; JSON would turn NaN into null. */
export function numberOf(text: string): number | string {
  const number = Number(text);
  return Number.isFinite(number) ? number : text;
}

/** Words that are separated by spaces or commas. */
export function wordsOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== "");
}
