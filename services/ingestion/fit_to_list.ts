import { readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";

/**
 * Adapts the names of uploaded images to the data list: removes top-level folders around all images unless the list
 * names them (users zip the folder as often as its contents), and restores accents that macOS has decomposed.
 */
export async function fitToList(images: string, aside: string, listPath: string): Promise<void> {
  // All formats store names verbatim, except that JSON may escape non-ASCII characters.
  const text = new TextDecoder().decode(await readFile(listPath)).replaceAll("\\/", "/")
    .replaceAll(
      /\\u([\da-f]{4})/gi,
      (_, digits: string) => String.fromCharCode(parseInt(digits, 16)),
    );
  const form = text === text.normalize("NFC")
    ? "NFC"
    : text === text.normalize("NFD")
    ? "NFD"
    : null;
  if (form !== null) await renameAll(images, form);
  while (await liftFolder(images, aside, text));
}

async function renameAll(folder: string, form: "NFC" | "NFD"): Promise<void> {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const name = entry.name.normalize(form);
    if (name !== entry.name) await rename(join(folder, entry.name), join(folder, name));
    if (entry.isDirectory()) await renameAll(join(folder, name), form);
  }
}

/** Replaces the images folder by its only subfolder, unless the list names that. */
async function liftFolder(images: string, aside: string, list: string): Promise<boolean> {
  const [only, ...others] = await readdir(images, { withFileTypes: true });
  if (only === undefined || others.length > 0 || !only.isDirectory()) return false;
  // A folder `images` is always lifted: lists may name paths that start with it.
  if (only.name !== "images" && list.includes(`${only.name}/`)) return false;
  await rename(join(images, only.name), aside);
  await rm(images, { recursive: true });
  await rename(aside, images);
  return true;
}
