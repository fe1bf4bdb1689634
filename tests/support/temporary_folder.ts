/**
 * Makes a folder that goes when a stack is disposed of: also when what was to be set up in it fails.
 *
 * @param stack of the one who makes it
 * @param prefix of its name
 * @returns its path, links resolved
 */
export async function temporaryFolder(
  stack: AsyncDisposableStack,
  prefix: string,
): Promise<string> {
  const folder = await Deno.realPath(await Deno.makeTempDir({ prefix }));
  stack.defer(() => Deno.remove(folder, { recursive: true }));
  return folder;
}
