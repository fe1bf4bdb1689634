/** Removes the given characters from the end of a text. (A regex such as `/x+$/` takes quadratic time.) */
export function trimEndOf(text: string, characters: string): string {
  let end = text.length;
  while (end > 0 && characters.includes(text[end - 1]!)) end -= 1;
  return text.slice(0, end);
}
