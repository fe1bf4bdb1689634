/** Requests that lines of curl make, as far as documents write them. */

/** A request of a document's line. */
export interface CurlRequest {
  readonly method: string;
  /** Path without query; variables of the shell stand in it as they are written. */
  readonly path: string;
}

const ADDRESS = /http:\/\/127\.0\.0\.1:8000([^\s"'?]*)/;
/** Options that make a request a POST. */
const WITH_BODY = /(?:^|\s)(?:--json|-F|-d)\s/;

/**
 * @param script lines of a shell, in which a command may go on over several lines
 * @returns what each curl asks for, in order
 */
export function curlRequests(script: string): CurlRequest[] {
  return script.split(/\bcurl\s/).slice(1).flatMap((command) => {
    const path = ADDRESS.exec(command);
    if (path === null) return [];
    const options = command.slice(0, path.index);
    const method = /(?:^|\s)-X (\S+)/.exec(options)?.[1] ??
      (WITH_BODY.test(options) ? "POST" : "GET");
    return [{ method, path: path[1]! }];
  });
}

/**
 * @param template of OpenAPI, `/v1/scores/{id}` say
 * @param path of a line
 * @returns whether the line asks for it
 */
export function fitsTemplate(template: string, path: string): boolean {
  const pattern = template.split(/\{[^}]*\}/).map((part) => part.replaceAll(".", "\\."));
  return new RegExp(`^${pattern.join("[^/]+")}$`).test(path);
}
