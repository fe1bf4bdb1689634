import { createHash } from "node:crypto";
import type { Context } from "hono";
import { Problem } from "./problem.ts";

export interface FileContent {
  readonly type: string;
  /** Download name; it must differ between results. */
  readonly name: string;
  /** Whether a browser should save the file instead of showing it. */
  readonly isDownload?: boolean;
  /** ETag without quotes; changes with the content. */
  readonly etag: string;
  readonly length: number;
  /** Opens the content from its beginning; call it once. The stream closes the file at its end. */
  open(): ReadableStream<Uint8Array>;
  close?(): void;
}

/** Wraps bytes in memory for {@linkcode fileAnswer}. */
export function contentOf(
  bytes: Uint8Array<ArrayBuffer>,
): Pick<FileContent, "etag" | "length" | "open"> {
  return {
    etag: createHash("sha256").update(bytes).digest("hex").slice(0, 32),
    length: bytes.length,
    open: () => new Blob([bytes]).stream(),
  };
}

/** Serves a file (RFC 9110): 304 if the client has it, 206 for a single range, the whole for several. */
export function fileAnswer(c: Context, file: FileContent): Response {
  const etag = `"${file.etag}"`;
  const headers = new Headers({
    "content-type": file.type,
    "content-disposition": dispositionOf(file),
    "accept-ranges": "bytes",
    etag,
  });
  if (matchesEtag(c.req.header("if-none-match"), etag)) {
    file.close?.();
    return new Response(null, { status: 304, headers: { etag } });
  }
  const range = c.req.method === "GET" ? rangeOf(c, file, etag) : null;
  if (range === "none") {
    file.close?.();
    throw unsatisfiable(file.length);
  }
  const { from, to } = range ?? { from: 0, to: file.length };
  headers.set("content-length", String(to - from));
  if (range !== null) headers.set("content-range", `bytes ${from}-${to - 1}/${file.length}`);
  if (c.req.method === "HEAD") file.close?.();
  const body = c.req.method === "HEAD" ? null : partOf(file.open(), from, to);
  return new Response(body, { status: range === null ? 200 : 206, headers });
}

/** Whether `If-None-Match` lists the ETag (with quotes), by weak comparison (RFC 9110, 8.8.3.2). */
export function matchesEtag(given: string | undefined, etag: string): boolean {
  const tags = (given ?? "").split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  return tags.some((tag) => tag === etag || tag === "*");
}

/** RFC 6266: the name in ASCII, and in UTF-8 for clients that support it. */
function dispositionOf({ name, isDownload = false }: FileContent): string {
  const plain = name.replaceAll(/[^A-Za-z0-9._-]/g, "_").slice(0, 200);
  const encoded = plain === name ? "" : `; filename*=UTF-8''${encodeURIComponent(name)}`;
  return `${isDownload ? "attachment" : "inline"}; filename="${plain}"${encoded}`;
}

/** A byte range; `to` is exclusive. */
interface Range {
  readonly from: number;
  readonly to: number;
}

/** The requested range: null for the whole file, "none" if it is not satisfiable. */
function rangeOf(c: Context, { length }: FileContent, etag: string): Range | "none" | null {
  const condition = c.req.header("if-range");
  if (condition !== undefined && condition !== etag) return null;
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(c.req.header("range")?.trim() ?? "");
  const [, first = "", last = ""] = match ?? [];
  if (first === "" && last === "") return null;
  const range = first === ""
    ? { from: Math.max(0, length - Number(last)), to: length }
    : { from: Number(first), to: last === "" ? length : Math.min(Number(last) + 1, length) };
  // RFC 9110, 14.1.1: a range whose end is before its start is invalid and ignored.
  if (first !== "" && last !== "" && Number(last) < Number(first)) return null;
  return range.from < range.to ? range : "none";
}

function unsatisfiable(length: number): Problem {
  return new Problem(
    "range_not_satisfiable",
    `The file has ${length} bytes: request a part of it`,
    { headers: { "content-range": `bytes */${length}` } },
  );
}

/** Streams the bytes between two offsets and discards the rest. */
function partOf(
  body: ReadableStream<Uint8Array>,
  from: number,
  to: number,
): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let at = 0;
  return new ReadableStream({
    async pull(controller): Promise<void> {
      while (at < to) {
        const { done, value } = await reader.read();
        if (done) return controller.error(new Error("The file has become shorter"));
        const part = value.subarray(Math.max(0, from - at), Math.max(0, to - at));
        at += value.length;
        if (part.length > 0) return controller.enqueue(part);
      }
      controller.close();
      await reader.cancel();
    },
    cancel: (reason) => reader.cancel(reason),
  }, { highWaterMark: 0 });
}
