import { type ApiAnswer, type ApiDocument, type ApiOperation, mapOperations } from "./document.ts";

/** A request that was made, and what came back. */
export interface Exchange {
  /** Id of the operation. */
  readonly operation: string;
  /** Name of the example, its own within the operation. */
  readonly name: string;
  /** What it shows. */
  readonly summary: string;
  readonly request: {
    readonly path?: Readonly<Record<string, string>>;
    readonly query?: Readonly<Record<string, string | number | readonly string[]>>;
    readonly headers?: Readonly<Record<string, string>>;
    readonly json?: unknown;
    /** Fields of a form; `@file` stands for a file, as with curl. */
    readonly form?: Readonly<Record<string, string>>;
  };
  readonly response: {
    readonly status: number;
    /** Content type without parameters; missing where there is no body. */
    readonly type?: string;
    readonly json?: unknown;
    readonly text?: string;
  };
  /** What of the answer may be otherwise the next time; nothing without it. */
  readonly varies?: "values" | "all";
}

type Contents = NonNullable<ApiAnswer["content"]>;

/** One of several examples of a parameter or body. */
interface Example {
  readonly summary: string;
  readonly value?: unknown;
}

/**
 * Writes exchanges into a document, each as examples of its parameters, its body and its answer. One that
 * does not belong to the document is passed over: a service may be of another version for a while.
 *
 * @param document of the API
 * @param exchanges of its operations
 */
export function addExamples(document: ApiDocument, exchanges: readonly Exchange[]): ApiDocument {
  const byOperation = Map.groupBy(exchanges, ({ operation }) => operation);
  return mapOperations(
    document,
    (_method, _path, operation) =>
      (byOperation.get(operation.operationId ?? "") ?? []).reduce(withExchange, operation),
  );
}

function withExchange(operation: ApiOperation, exchange: Exchange): ApiOperation {
  const { name, summary, request, response } = exchange;
  const { requestBody } = operation;
  const parameters = (operation["parameters"] ?? []) as readonly Parameter[];
  const answer = operation.responses[response.status];
  const body = request.json ?? request.form;
  const bodyType = request.form === undefined ? "application/json" : "multipart/form-data";
  const sent: Example = { summary, value: body };
  const value = response.json ?? response.text;
  const given: Example = { summary, ...(value === undefined ? {} : { value }) };
  return {
    ...operation,
    ...(parameters.length === 0 ? {} : {
      parameters: parameters.map((parameter) => withValue(parameter, exchange)),
    }),
    // A request that breaks its schema is shown by its answer alone.
    ...(requestBody === undefined || body === undefined || response.status === 400 ? {} : {
      requestBody: {
        ...requestBody,
        content: withExample(requestBody.content, bodyType, name, sent),
      },
    }),
    ...(answer?.content === undefined || response.type === undefined ? {} : {
      responses: {
        ...operation.responses,
        [response.status]: {
          ...answer,
          content: withExample(answer.content, response.type, name, given),
        },
      },
    }),
  };
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly examples?: Readonly<Record<string, Example>>;
}

function withValue(parameter: Parameter, { name, summary, request }: Exchange): Parameter {
  const place = { path: request.path, query: request.query, header: request.headers }[parameter.in];
  const value = place?.[parameter.name];
  if (value === undefined) return parameter;
  // One schema has an example of its own, and only one kind may be there.
  const { example: _, ...rest } = parameter as Parameter & { example?: unknown };
  return { ...rest, examples: { ...parameter.examples, [name]: { summary, value } } };
}

function withExample(
  contents: Contents,
  type: string,
  name: string,
  example: Example,
): Contents {
  const content = contents[type];
  if (content === undefined) return contents;
  const examples = content["examples"] as Readonly<Record<string, Example>> | undefined;
  return { ...contents, [type]: { ...content, examples: { ...examples, [name]: example } } };
}
