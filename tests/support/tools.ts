/** Debian's Python, which has Debian's packages; another may come first in the PATH. */
export const PYTHON = "/usr/bin/python3";

/**
 * Tells whether a command line works here; tests that need one are ignored where it does not.
 *
 * @param program name or path
 * @param args arguments with which it ends well and does nothing
 */
export function works(program: string, args: readonly string[]): boolean {
  try {
    return new Deno.Command(program, { args: [...args], stdout: "null", stderr: "null" })
      .outputSync().success;
  } catch {
    return false;
  }
}

/** Whether the tools are here that make DICOM files: pydicom, dcmtk and gdcm. */
export function hasDicomTools(): boolean {
  return works(PYTHON, ["-c", "import numpy, pydicom"]) && works("dcmdjpeg", ["--version"]) &&
    works("gdcmconv", ["--version"]);
}

/**
 * Runs a Python script of the tests.
 *
 * @param script its URL
 * @param args its arguments
 * @throws {Error} with its output when it fails
 */
export async function runPython(script: URL, args: readonly string[]): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(PYTHON, {
    args: [script.pathname, ...args],
  }).output();
  const decoder = new TextDecoder();
  if (!success) throw new Error(decoder.decode(stdout) + decoder.decode(stderr));
  return decoder.decode(stdout);
}
