/**
 * The form in which ids of exams, cases, readers and women are compared. Programs write one id in several ways:
 * pandas turns 7 into `7.0` when its column has a gap, and systems differ in how they compose accents. Two ways of writing
 * must not become two exams.
 *
 * @returns the id without spaces around it, in Unicode's NFC, and whole numbers without a decimal part
 */
export function idKey(id: string): string {
  return id.trim().normalize("NFC").replace(/^(-?\d+)\.0+$/, "$1").replace(/^-0$/, "0");
}
