import { ForeignAnswerError, NoAnswerError, type ProblemBody, ProblemError } from "./errors.ts";
import { pause, pauseAfter, pauseBefore } from "./pause.ts";

/** Most attempts of an unanswered request that is safe to repeat. */
const TRIES_MAX = 3;

/** Options of every call. */
export interface CallOptions {
  /** Aborts the call, which then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of calls that can wait for a result. */
export interface WaitOptions extends CallOptions {
  /** How long the service may hold its response until the result is ready, in seconds, at most 600; default 0. */
  readonly waitSeconds?: number | undefined;
}

export type Query = Readonly<Record<string, string | number | undefined>>;

export interface Order {
  /** By default POST with a body, otherwise GET. */
  readonly method?: "POST" | "PATCH" | "DELETE";
  /** With a leading slash; made by {@link path}. */
  readonly path: string;
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** A form is sent as multipart, anything else as JSON. */
  readonly body?: unknown;
  /** Whether it is safe to send twice; GET always is. */
  readonly repeatable?: boolean;
}

/** Sends requests to a mammoeval service. */
export interface Transport {
  /** Base URL without a trailing slash. */
  readonly url: string;
  /** Time to keep retrying while the service is busy or away, in milliseconds. */
  readonly patienceMs: number;
  /**
   * Returns a successful response, or one whose status is in `also`.
   * @throws {ProblemError} mammoeval rejected the request
   * @throws {NoAnswerError} the service did not answer
   * @throws {ForeignAnswerError} the response is not from mammoeval
   */
  send(order: Order, options?: CallOptions, also?: readonly number[]): Promise<Response>;
  /** Sends a request and returns the JSON response, typed as in the route's contract. */
  json<T>(order: Order, options?: CallOptions): Promise<T>;
  /** Sends a request and returns the text of the response. */
  text(order: Order, options?: CallOptions): Promise<string>;
  /** Yields the items of a list; fetches each page when it is needed. */
  items<T>(path: string, query: Query, options: CallOptions): AsyncGenerator<T, void, undefined>;
}

/** A list in the API: complete, or one page of it. */
interface Page<T> {
  readonly items: readonly T[];
  /** Cursor of the next page; null or absent on the last. */
  readonly next_cursor?: string | null;
}

/** A part of the API. */
export class Resource {
  /** Sends the requests. */
  protected readonly api: Transport;

  constructor(api: Transport) {
    this.api = api;
  }
}

export interface TransportParts {
  readonly url: string;
  readonly token: string | null;
  readonly fetch: (request: Request) => Response | Promise<Response>;
  readonly patienceMs: number;
}

export function createTransport(parts: TransportParts): Transport {
  const { url, patienceMs } = parts;

  async function ask(order: Order, signal?: AbortSignal): Promise<Response> {
    const request = requestOf(order, parts, signal);
    try {
      return await parts.fetch(request);
    } catch (cause) {
      signal?.throwIfAborted();
      throw new NoAnswerError(url, cause);
    }
  }

  async function askAgain(order: Order, signal?: AbortSignal): Promise<Response> {
    const triesMax = methodOf(order) === "GET" || order.repeatable === true ? TRIES_MAX : 1;
    for (let tries = 1;; tries++) {
      try {
        return await ask(order, signal);
      } catch (error) {
        if (!(error instanceof NoAnswerError) || tries >= triesMax) throw error;
        await pause(pauseAfter(tries), signal);
      }
    }
  }

  async function send(
    order: Order,
    { signal }: CallOptions = {},
    also: readonly number[] = [],
  ): Promise<Response> {
    let waitedMs = 0;
    for (let tries = 1;; tries++) {
      const answer = await askAgain(order, signal);
      if (answer.ok || also.includes(answer.status)) return answer;
      const pauseMs = pauseBefore(answer, tries, new Date());
      if (pauseMs === null || waitedMs + pauseMs > patienceMs) {
        throw await refusalOf(answer, url + order.path);
      }
      await answer.body?.cancel();
      await pause(pauseMs, signal);
      waitedMs += pauseMs;
    }
  }

  async function json<T>(order: Order, options: CallOptions = {}): Promise<T> {
    const answer = await send(order, options);
    return await whole(answer.json(), url, options);
  }

  return {
    url,
    patienceMs,
    send,
    json,
    async *items<T>(path: string, query: Query, options: CallOptions): AsyncGenerator<T> {
      let cursor = query["cursor"];
      do {
        const page: Page<T> = await json({ path, query: { ...query, cursor } }, options);
        yield* page.items;
        cursor = page.next_cursor ?? undefined;
      } while (cursor !== undefined);
    },
    async text(order, options = {}): Promise<string> {
      const answer = await send(order, options);
      return await whole(answer.text(), url, options);
    },
  };
}

/**
 * Awaits a response's body.
 * @throws {NoAnswerError} if the connection breaks
 */
export async function whole<T>(
  reading: Promise<T>,
  url: string,
  { signal }: CallOptions,
): Promise<T> {
  try {
    return await reading;
  } catch (cause) {
    signal?.throwIfAborted();
    throw new NoAnswerError(url, cause);
  }
}

/**
 * Builds an API path; each value is one segment.
 * @throws {TypeError} for an empty value or a dot segment
 */
export function path(texts: TemplateStringsArray, ...values: readonly string[]): string {
  const parts = values.map((value) => {
    if (/^\.{0,2}$/.test(value)) throw new TypeError(`Cannot ask for ${JSON.stringify(value)}`);
    return encodeURIComponent(value);
  });
  return String.raw({ raw: texts }, ...parts);
}

/** Returns headers that ask the service to hold its response. */
export function waiting({ waitSeconds }: WaitOptions): Record<string, string> {
  return waitSeconds === undefined ? {} : { prefer: `wait=${waitSeconds}` };
}

/** Builds a multipart form: files, arrays of files, strings as they are, anything else as JSON; skips undefined. */
export function formOf(parts: Readonly<Record<string, unknown>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(parts)) {
    for (const one of Array.isArray(value) && value[0] instanceof Blob ? value : [value]) {
      if (one === undefined) continue;
      if (one instanceof Blob) form.append(name, one);
      else form.append(name, typeof one === "string" ? one : JSON.stringify(one));
    }
  }
  return form;
}

function requestOf(order: Order, { url, token }: TransportParts, signal?: AbortSignal): Request {
  const { body } = order;
  const headers = new Headers();
  if (token !== null) headers.set("authorization", `Bearer ${token}`);
  for (const [name, value] of Object.entries(order.headers ?? {})) {
    if (value !== undefined) headers.set(name, value);
  }
  const isJson = body !== undefined && !(body instanceof FormData);
  if (isJson) headers.set("content-type", "application/json");
  return new Request(url + order.path + queryText(order.query ?? {}), {
    method: methodOf(order),
    headers,
    // Following a redirect would turn a POST into a GET without notice.
    redirect: "manual",
    ...(body === undefined ? {} : { body: isJson ? JSON.stringify(body) : body as FormData }),
    ...(signal === undefined ? {} : { signal }),
  });
}

function methodOf({ method, body }: Order): string {
  return method ?? (body === undefined ? "GET" : "POST");
}

function queryText(query: Query): string {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(given.map(([name, value]) => [name, String(value)])).toString();
  return text === "" ? "" : `?${text}`;
}

async function refusalOf(answer: Response, url: string): Promise<Error> {
  const body: unknown = await answer.json().catch(() => null);
  return isProblem(body) ? new ProblemError(body) : new ForeignAnswerError(url, answer.status);
}

function isProblem(body: unknown): body is ProblemBody {
  return typeof body === "object" && body !== null && "type" in body && "detail" in body &&
    "request_id" in body && typeof body.detail === "string";
}
