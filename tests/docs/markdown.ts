/** Reading Markdown as far as the tests of the documents need it: fenced blocks, links, headings. */

/** A fenced block, with what the comment above it says about its test. */
export interface Block {
  /** The line of the opening fence, from 1. */
  readonly line: number;
  /** What the fence names, empty when nothing. */
  readonly language: string;
  readonly text: string;
  /** First word of `<!-- test: … -->` on the line above; null when there is none. */
  readonly kind: string | null;
  /** The words behind it. */
  readonly argument: string;
}

/** A link of a document. */
export interface Link {
  readonly line: number;
  readonly target: string;
}

const FENCE = /^(\s*)```(\S*)\s*$/;
const COMMENT = /^\s*<!-- test: (\S+)(?: (.*?))? -->$/;

/**
 * Reads all fenced blocks.
 *
 * @param markdown a document
 * @returns its blocks, in order
 * @throws {SyntaxError} when a fence is not closed
 */
export function readBlocks(markdown: string): Block[] {
  const lines = markdown.split("\n");
  const blocks: Block[] = [];
  for (let at = 0; at < lines.length; at++) {
    const opening = FENCE.exec(lines[at]!);
    if (opening === null) continue;
    const end = lines.findIndex((line, index) => index > at && line.trim() === "```");
    if (end < 0) throw new SyntaxError(`Cannot read the document: line ${at + 1} opens a block`);
    const comment = COMMENT.exec(lines[at - 1] ?? "");
    blocks.push({
      line: at + 1,
      language: opening[2]!,
      text: lines.slice(at + 1, end).map((line) => line.slice(opening[1]!.length) + "\n").join(""),
      kind: comment?.[1] ?? null,
      argument: comment?.[2] ?? "",
    });
    at = end;
  }
  return blocks;
}

/** The document without what stands in fences and in `code`; lines keep their numbers. */
function prose(markdown: string): string[] {
  let fenced = false;
  return markdown.split("\n").map((line) => {
    if (line.trim().startsWith("```")) {
      fenced = !fenced;
      return "";
    }
    return fenced ? "" : line.replaceAll(/`[^`]*`/g, "code");
  });
}

/**
 * @param markdown a document
 * @returns the targets of its inline links
 */
export function readLinks(markdown: string): Link[] {
  return prose(markdown).flatMap((text, index) =>
    [...text.matchAll(/\]\(([^)\s]+)\)/g)].map((match) => ({
      line: index + 1,
      target: match[1]!,
    }))
  );
}

/**
 * @param markdown a document
 * @returns the anchors of its headings, as GitHub makes them
 */
export function readAnchors(markdown: string): Set<string> {
  const anchors = new Set<string>();
  let fenced = false;
  for (const line of markdown.split("\n")) {
    if (line.trim().startsWith("```")) fenced = !fenced;
    const heading = fenced ? null : /^#{1,6} (.*)$/.exec(line);
    if (heading === null) continue;
    const words = heading[1]!.toLowerCase().replaceAll(/[^\p{L}\p{N}\s_-]/gu, "").trim();
    const anchor = words.replaceAll(/\s/g, "-");
    let unique = anchor;
    for (let copy = 1; anchors.has(unique); copy++) unique = `${anchor}-${copy}`;
    anchors.add(unique);
  }
  return anchors;
}
