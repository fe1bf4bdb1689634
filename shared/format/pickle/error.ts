/** A pickle that cannot be read: damaged, hostile, or not plain data. */
export class PickleError extends SyntaxError {
  /** Always `PickleError`. */
  override readonly name = "PickleError";
  /** 0-based position of the byte at which reading stopped. */
  readonly offset: number;

  /** Places a reason (what is wrong and what to do, without a full stop) at a byte of the file. */
  constructor(offset: number, reason: string) {
    super(`Cannot read the pickle at byte ${offset}: ${reason}`);
    this.offset = offset;
  }
}
