import type { z } from "@hono/zod-openapi";
import { invalidRequest, parseJson, Problem } from "../../../shared/http/mod.ts";

/**
 * Reads a multipart body.
 *
 * @param request the request
 * @param wanted the parts that it should have, for the error
 * @throws {Problem} where there is none
 */
export async function readForm(request: Request, wanted: string): Promise<FormData> {
  return await request.formData().catch((cause) => {
    throw new Problem("invalid_request", `The multipart body cannot be read: send ${wanted}`, {
      cause,
    });
  });
}

/**
 * @param form the body
 * @param name of a part
 * @param bytesMax largest size
 * @returns the file; null where there is no such part
 * @throws {Problem} where the part is no file or too large
 */
export function optionalFilePart(form: FormData, name: string, bytesMax: number): File | null {
  const part = sentPart(form, name);
  if (part === null) return null;
  if (!(part instanceof File)) {
    throw new Problem(
      "invalid_request",
      `${name}: send it as a file part, with curl -F ${name}=@…`,
    );
  }
  if (part.size > bytesMax) throw new Problem("too_large", `${name}: over ${bytesMax} bytes`);
  return part;
}

/**
 * @param form the body
 * @param name of a part
 * @param bytesMax largest size
 * @returns the file
 * @throws {Problem} where there is none, or it is too large
 */
export function filePart(form: FormData, name: string, bytesMax: number): File {
  const file = optionalFilePart(form, name, bytesMax);
  if (file === null) {
    throw new Problem(
      "invalid_request",
      `${name}: send it as a file part, with curl -F ${name}=@…`,
    );
  }
  return file;
}

/**
 * @param form the body
 * @param name of a part that is text
 * @param schema what it must be
 * @returns the text; null where there is no such part
 * @throws {Problem} where it does not fit
 */
export function textPart<Text extends string>(
  form: FormData,
  name: string,
  schema: z.ZodType<Text>,
): Text | null {
  const part = sentPart(form, name);
  return part === null ? null : checked(name, part, schema);
}

/**
 * @param form the body
 * @param name of a part that is JSON
 * @param schema what it must be
 * @param fallback stands for a part that is not there
 * @throws {Problem} where it is no JSON or does not fit
 */
export function jsonPart<T>(
  form: FormData,
  name: string,
  schema: z.ZodType<T>,
  fallback: unknown,
): T {
  const part = sentPart(form, name);
  if (part === null) return checked(name, fallback, schema);
  return checked(name, parseJson(String(part), `${name}:`), schema);
}

/** A browser sends every field of a form: one that was left empty is as good as not sent. */
function sentPart(form: FormData, name: string): FormDataEntryValue | null {
  const part = form.get(name);
  if (part instanceof File) return part.name === "" && part.size === 0 ? null : part;
  return part === "" ? null : part;
}

function checked<T>(name: string, value: unknown, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issues = parsed.error.issues.map((issue) => ({ ...issue, path: [name, ...issue.path] }));
  throw invalidRequest({ issues }, name);
}
