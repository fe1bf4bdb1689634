/** A pickle that cannot be read: damaged, hostile, or holding something that is not plain data. */
export class PickleError extends SyntaxError {
  /** Always `PickleError`. */
  override readonly name = "PickleError";
  /** Position of the byte at which reading stopped, from 0. */
  readonly offset: number;

  /**
   * Places a reason in the file.
   *
   * @param offset position of the byte at which reading stopped, from 0
   * @param reason what is wrong and what to do, without a full stop
   */
  constructor(offset: number, reason: string) {
    super(`Cannot read the pickle at byte ${offset}: ${reason}`);
    this.offset = offset;
  }
}
