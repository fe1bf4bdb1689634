import { readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";

/**
 * Brings uploaded images to the names that the data list has for them. People zip a folder as often as its content, so
 * folders at the top that hold all images go where the list does not name them; and macOS takes accents apart.
 *
 * @param images absolute folder of the images
 * @param aside absolute path beside it that is free
 * @param listPath absolute path of the data list, in any form
 */
export async function fitToList(images: string, aside: string, listPath: string): Promise<void> {
  // All forms hold names as they are; JSON may escape what is not ASCII.
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

/** Lifts the only folder of the images, unless the list names it. */
async function liftFolder(images: string, aside: string, list: string): Promise<boolean> {
  const [only, ...others] = await readdir(images, { withFileTypes: true });
  if (only === undefined || others.length > 0 || !only.isDirectory()) return false;
  // A folder `images` is the images folder, of which the names of a list may speak in full.
  if (only.name !== "images" && list.includes(`${only.name}/`)) return false;
  await rename(join(images, only.name), aside);
  await rm(images, { recursive: true });
  await rename(aside, images);
  return true;
}
