import { dirname, join } from "node:path";
import {
  datasetFiles,
  RESTORE,
  secretKey,
  StoredFileDamaged,
  writeFileAtomic,
} from "../../../shared/volume/mod.ts";
import type { VolumeLayout } from "../../../shared/volume/mod.ts";
import type { ConvertedImage, DicomRequest, SealedStore, Studies } from "./sealed_store.ts";

const IV_BYTES = 12;

/** The sealed store on the volume: an owner-only key file, and requests encrypted with AES-GCM. */
export function createVolumeSealedStore(layout: VolumeLayout): SealedStore {
  const inside = (id: string, name: string): string =>
    join(datasetFiles(layout, id).importing, name);
  const keyFor = async (purpose: string): Promise<CryptoKey> =>
    await sealingKey(await secretKey(layout.pseudonymKey), purpose);
  return {
    key: () => secretKey(layout.pseudonymKey),
    async putRequest(id, request): Promise<void> {
      const path = inside(id, "request.sealed");
      await Deno.mkdir(dirname(path), { recursive: true });
      await writeFileAtomic(path, await seal(await keyFor("requests"), JSON.stringify(request)));
    },
    async request(id): Promise<DicomRequest> {
      const key = await keyFor("requests");
      try {
        return JSON.parse(await unseal(key, await Deno.readFile(inside(id, "request.sealed"))));
      } catch (cause) {
        throw new RangeError("Cannot read the request of the import: send it again", { cause });
      }
    },
    incoming: (id) => inside(id, "incoming"),
    scratch: (id) => inside(id, "scratch"),
    async note(id, image): Promise<void> {
      // One write per image: a line torn by a power cut is no JSON, so the image is converted again.
      await Deno.writeTextFile(inside(id, "converted.jsonl"), JSON.stringify(image) + "\n", {
        append: true,
      });
    },
    noted: (id) => readNotes(inside(id, "converted.jsonl")),
    async putStudies(id, studies): Promise<void> {
      const sealed = await seal(await keyFor("studies"), JSON.stringify(studies));
      await writeFileAtomic(datasetFiles(layout, id).studies, sealed, { mode: 0o600 });
    },
    async studies(id): Promise<Studies | null> {
      const path = datasetFiles(layout, id).studies;
      const sealed = await readIfThere(path);
      if (sealed === null) return null;
      try {
        return JSON.parse(await unseal(await keyFor("studies"), sealed));
      } catch (cause) {
        throw new StoredFileDamaged(path, "it cannot be decrypted", RESTORE, cause);
      }
    },
  };
}

async function readIfThere(path: string): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return await Deno.readFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Derives a sealing key from the pseudonym secret (HKDF), so that one secret serves several purposes. */
async function sealingKey(secret: Uint8Array<ArrayBuffer>, info: string): Promise<CryptoKey> {
  const base = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveKey"]);
  const purpose = {
    name: "HKDF",
    hash: "SHA-256",
    salt: new Uint8Array(),
    info: new TextEncoder().encode(info),
  };
  return await crypto.subtle.deriveKey(purpose, base, { name: "AES-GCM", length: 256 }, false, [
    "encrypt",
    "decrypt",
  ]);
}

async function seal(key: CryptoKey, text: string): Promise<Uint8Array> {
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES));
  const sealed = new Uint8Array(
    await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, new TextEncoder().encode(text)),
  );
  const all = new Uint8Array(IV_BYTES + sealed.length);
  all.set(iv);
  all.set(sealed, IV_BYTES);
  return all;
}

async function unseal(key: CryptoKey, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const iv = bytes.subarray(0, IV_BYTES);
  const text = await crypto.subtle.decrypt({ name: "AES-GCM", iv }, key, bytes.subarray(IV_BYTES));
  return new TextDecoder().decode(text);
}

async function readNotes(path: string): Promise<Map<string, ConvertedImage>> {
  const bytes = await readIfThere(path);
  const notes = new Map<string, ConvertedImage>();
  if (bytes === null) return notes;
  for (const line of new TextDecoder().decode(bytes).split("\n")) {
    try {
      const image: ConvertedImage = JSON.parse(line);
      notes.set(image.name, image);
    } catch {
      // Torn by a power cut, or the empty end of the file.
    }
  }
  return notes;
}
