import { createHash } from "node:crypto";
import type {
  EvaluationOrder,
  EvaluationRequest,
  PrivateImage,
} from "../../../shared/contracts/evaluations.ts";
import { type Caller, mayAccessTruth } from "../../../shared/http/mod.ts";
import type { Evaluation } from "../ledger/ledger.ts";
import type { Model, ModelCatalogue, ModelLookup } from "./model_catalogue.ts";

/** Hexadecimal digits of an image's digest in its model's name; enough to make collisions unlikely. */
const NAME_DIGITS = 12;

/** The stored request. A private image gets a model name from its digest, which reveals no origin or owner. */
export function requestOf({ model, ...order }: EvaluationOrder): EvaluationRequest {
  if (typeof model === "string") return { ...order, model };
  return {
    ...order,
    model: `private-${digestOf(model).slice(0, NAME_DIGITS)}`,
    private_image: model,
  };
}

/** Whether a model's name was made from the digest of a private image. */
export function isPrivateName(name: string): boolean {
  return /^private-[0-9a-f]{12}$/.test(name);
}

export async function findModelOf(
  { model, private_image }: Pick<EvaluationRequest, "model" | "private_image">,
  catalogue: Pick<ModelCatalogue, "find">,
): Promise<ModelLookup> {
  if (private_image === undefined) return await catalogue.find(model);
  return { ok: true, model: privateModel(model, private_image) };
}

function privateModel(name: string, image: PrivateImage): Model {
  // Hash the digest: everybody sees the version in scores and leaderboards, and the digest alone suffices to run it.
  const version = createHash("sha256").update(`private ${digestOf(image)}`).digest("hex");
  return {
    name,
    folder: "",
    hides: [],
    manifest: { level: image.level, views: image.views, read_only_root: image.read_only_root },
    devices: image.devices,
    predictPath: image.predict_path,
    // predict.sh is inside the image, so no parameters can be set in it.
    parameters: new Map(),
    predictFiles: [],
    dockerfile: "",
    base: null,
    image: image.image,
    version,
    buildVersion: version,
  };
}

function digestOf({ image }: PrivateImage): string {
  return image.slice(image.lastIndexOf(":") + 1);
}

/** Why an image with these registries' prefixes may not be used, as a sentence; null when it may. */
export function pullRefusal({ image }: PrivateImage, registries: readonly string[]): string | null {
  const at = image.indexOf("@");
  if (at < 0) return null;
  const name = image.slice(0, at);
  if (registries.some((prefix) => name === prefix || name.startsWith(`${prefix}/`))) return null;
  const allowed = registries.length === 0 ? "none" : registries.join(", ");
  return `Images may be pulled from ${allowed} (MAMMOEVAL_IMAGE_REGISTRIES), not ${name}; ` +
    "name an image that the engine already has by sha256:<its id>";
}

/** Whether the caller may know of an evaluation: its own, blind, and without another's private image. */
export function mayKnow(evaluation: Pick<Evaluation, "user" | "request">, caller: Caller): boolean {
  const { blind, dataset, private_image } = evaluation.request;
  // A container that gets labels may print them into its log or predictions.
  if (!blind) return mayAccessTruth(caller, { dataset });
  if (caller.role === "admin" || evaluation.user === caller.user) return true;
  return caller.role === "read" && private_image === undefined;
}
