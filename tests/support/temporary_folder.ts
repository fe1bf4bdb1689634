/**
 * Creates a temporary folder that is removed when the stack is disposed of, even if the setup fails. Returns its path
 * with links resolved.
 */
export async function temporaryFolder(
  stack: AsyncDisposableStack,
  prefix: string,
): Promise<string> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix }));
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  return folder;
}
