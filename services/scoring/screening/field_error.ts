import { type Fault, faultOf } from "../../../shared/domain/mod.ts";

/** A field of a request that does not fit the exams. */
class FieldError extends RangeError {
  constructor(readonly field: string, { message }: RangeError) {
    super(message);
    this.name = "FieldError";
  }
}

/**
 * Computes what a field of a request asks for.
 * @throws {RangeError} that {@linkcode faultOfField} can name the field of
 */
export function atField<T>(field: string, compute: () => T): T {
  try {
    return compute();
  } catch (error) {
    if (!(error instanceof RangeError) || error instanceof FieldError) throw error;
    throw new FieldError(field, error);
  }
}

/**
 * Turns a `RangeError` into a fault with the field.
 * @throws {unknown} any other error
 */
export function faultOfField(code: string, error: unknown): Fault {
  if (!(error instanceof RangeError)) throw error;
  const field = error instanceof FieldError ? { field: error.field } : {};
  return faultOf({ code, message: error.message, ...field });
}
