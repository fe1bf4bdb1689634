/** Debian's Python with Debian's packages; PATH may have another one first. */
export const PYTHON = "/usr/bin/python3";

/**
 * Returns whether a command succeeds here; tests that need it are ignored otherwise.
 *
 * @param args must succeed without side effects
 */
export function works(program: string, args: readonly string[]): boolean {
  try {
    return new Deno.Command(program, { args: [...args], stdout: "null", stderr: "null" })
      .outputSync().success;
  } catch {
    return false;
  }
}

/** Returns whether the tools that create DICOM files are installed: pydicom, dcmtk and gdcm. */
export function hasDicomTools(): boolean {
  return works(PYTHON, ["-c", "import numpy, pydicom"]) && works("dcmdjpeg", ["--version"]) &&
    works("gdcmconv", ["--version"]);
}

/**
 * Runs a Python script of the tests and returns its output.
 *
 * @throws {Error} with its output if it fails
 */
export async function runPython(script: URL, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(PYTHON, {
    args: [script.pathname, ...args],
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(decoder.decode(stdout) + decoder.decode(stderr));
  return decoder.decode(stdout);
}
