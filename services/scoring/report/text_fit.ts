const NARROW = /[ijlftrI.,:;'|!()[\]/\\ -]/;
const WIDE = /[mwMW@%–—]/;
const MIDDLE = /[A-Z0-9=<>≥≤+_#&]/;
/** Width of a character relative to the font size, at least the average of DejaVu Sans. */
const EM_NARROW = 0.4;
const EM_SMALL = 0.62;
const EM_MIDDLE = 0.69;
const EM_WIDE = 0.98;
/** From here on (CJK radicals) characters are as wide as they are high. */
const FULL_WIDTH_FROM = 0x2e80;

/** Estimates a text's width from above for DejaVu Sans: the layout is the same without a canvas. */
export function estimateWidth(text: string, size: number): number {
  let ems = 0;
  for (const character of text) ems += emsOf(character);
  return ems * size;
}

function emsOf(character: string): number {
  if (character.codePointAt(0)! >= FULL_WIDTH_FROM) return 1;
  if (NARROW.test(character)) return EM_NARROW;
  if (WIDE.test(character)) return EM_WIDE;
  return MIDDLE.test(character) ? EM_MIDDLE : EM_SMALL;
}

/** Breaks a text at spaces into at most `linesMax` lines, the last with an ellipsis; none for blank text. */
export function wrapText(text: string, size: number, width: number, linesMax: number): string[] {
  const fits = (line: string): boolean => estimateWidth(line, size) <= width;
  const lines: string[] = [];
  let line = "";
  for (const word of words(text).flatMap((word) => pieces(word, fits))) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (fits(longer)) {
      line = longer;
    } else {
      lines.push(line);
      line = word;
    }
  }
  if (line !== "") lines.push(line);
  if (lines.length <= linesMax) return lines;
  return [...lines.slice(0, linesMax - 1), shortened(lines[linesMax - 1]!, fits)];
}

function words(text: string): string[] {
  // deno-lint-ignore no-control-regex -- these are the characters to get rid of
  return text.toWellFormed().split(/[\s\u0000-\u001f\u007f-\u009f\ufffe\uffff]+/u).filter((word) =>
    word !== ""
  );
}

function pieces(word: string, fits: (line: string) => boolean): string[] {
  if (fits(word)) return [word];
  const parts: string[] = [];
  let part = "";
  for (const character of word) {
    if (part !== "" && !fits(part + character)) {
      parts.push(part);
      part = "";
    }
    part += character;
  }
  return [...parts, part];
}

function shortened(line: string, fits: (line: string) => boolean): string {
  const characters = [...line];
  while (characters.length > 0 && !fits(`${characters.join("")}…`)) characters.pop();
  return `${characters.join("").trimEnd()}…`;
}
