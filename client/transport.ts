import { ForeignAnswerError, NoAnswerError, type ProblemBody, ProblemError } from "./errors.ts";
import { pause, pauseAfter, pauseBefore } from "./pause.ts";

/** How often a request that nobody answered is sent in all, where sending it twice does no harm. */
const TRIES_MAX = 3;

/** Options of every call. */
export interface CallOptions {
  /** Breaks the call off; it then throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of calls that can wait for what they begin. */
export interface WaitOptions extends CallOptions {
  /** How long the service may hold its answer until it is done, at most 600; 0 and nothing: not at all. */
  readonly waitSeconds?: number | undefined;
}

/** Which items of a list, and how many a page. */
export type Query = Readonly<Record<string, string | number | undefined>>;

/** One request. */
export interface Order {
  readonly method: "GET" | "POST" | "DELETE";
  /** With a leading slash; made by {@link path}. */
  readonly path: string;
  readonly query?: Query;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** A form is sent as one, anything else as JSON. */
  readonly body?: unknown;
  /** Whether sending it twice does no harm; reading never does any. */
  readonly repeatable?: boolean;
}

/** Sends requests to one mammoeval. */
export interface Transport {
  /** Base URL, without a slash at its end. */
  readonly url: string;
  /** How long a service that is away or busy is waited for, in milliseconds. */
  readonly patienceMs: number;
  /**
   * @returns the answer, a success
   * @throws {ProblemError} mammoeval's refusal
   * @throws {NoAnswerError} when nobody answers
   * @throws {ForeignAnswerError} when it is not mammoeval that answers
   */
  send(order: Order, options?: CallOptions, also?: readonly number[]): Promise<Response>;
  /** The same for an answer in JSON; its type is what the contract of this route says. */
  json<T>(order: Order, options?: CallOptions): Promise<T>;
  /** The same for a text. */
  text(order: Order, options?: CallOptions): Promise<string>;
}

/** How one mammoeval is reached. */
export interface TransportParts {
  /** Without a slash at its end. */
  readonly url: string;
  readonly token: string | null;
  readonly fetch: (request: Request) => Response | Promise<Response>;
  readonly patienceMs: number;
}

/** @param parts how mammoeval is reached */
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
    const triesMax = order.method === "GET" || order.repeatable === true ? TRIES_MAX : 1;
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

  return {
    url,
    patienceMs,
    send,
    async json<T>(order: Order, options: CallOptions = {}): Promise<T> {
      const answer = await send(order, options);
      return await whole(answer.json(), url, options);
    },
    async text(order, options = {}): Promise<string> {
      const answer = await send(order, options);
      return await whole(answer.text(), url, options);
    },
  };
}

/** @throws {NoAnswerError} when the connection broke */
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
 * Makes a path of the API; what is filled in stays one part of it, whatever it holds.
 *
 * @throws {TypeError} for an id that a URL would take for a step in the path
 */
export function path(texts: TemplateStringsArray, ...values: readonly string[]): string {
  const parts = values.map((value) => {
    if (/^\.{0,2}$/.test(value)) throw new TypeError(`Cannot ask for ${JSON.stringify(value)}`);
    return encodeURIComponent(value);
  });
  return String.raw({ raw: texts }, ...parts);
}

/** @returns headers that ask the service to hold its answer */
export function waiting({ waitSeconds }: WaitOptions): Record<string, string> {
  return waitSeconds === undefined ? {} : { prefer: `wait=${waitSeconds}` };
}

/**
 * @param parts by name: files, several of them, texts as they are, anything else as JSON; what is not
 *   there is left out
 */
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
  const { method, body } = order;
  const headers = new Headers();
  if (token !== null) headers.set("authorization", `Bearer ${token}`);
  for (const [name, value] of Object.entries(order.headers ?? {})) {
    if (value !== undefined) headers.set(name, value);
  }
  const isJson = body !== undefined && !(body instanceof FormData);
  if (isJson) headers.set("content-type", "application/json");
  return new Request(url + order.path + queryText(order.query ?? {}), {
    method,
    headers,
    // A redirection would make a POST a GET; one that is followed says nothing of it.
    redirect: "manual",
    ...(body === undefined ? {} : { body: isJson ? JSON.stringify(body) : body as FormData }),
    ...(signal === undefined ? {} : { signal }),
  });
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
