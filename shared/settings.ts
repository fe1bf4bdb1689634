/** The settings of mammoeval, read once from environment variables. */
import { trimEndOf } from "./trim_end_of.ts";
import { resolve } from "node:path";
import { z } from "zod";
import type { ReleasePolicy } from "./contracts/releases.ts";
import { type Role, ROLES } from "./http/caller.ts";
import { bytesOf, dockerSize, SIZE_PATTERN } from "./size.ts";
import "./words_of_issues.ts";

const list = z.string().transform(listOf);
const pacsUrl = z.string().regex(
  /^https?:\/\/[^\s/?#@]+(\/[^\s?#@]*)?$/,
  "must be base URLs such as http://pacs:8042/dicom-web, without a user",
).transform((text) => trimEndOf(text, "/"));
const url = z.string().regex(
  /^https?:\/\/[^\s/]+$/,
  "must be a base URL such as http://127.0.0.1:8001, without a path",
);
/** Sign-in over plain HTTP is readable on the way, so only a provider on this machine may use it. */
const issuer = z.string().regex(
  /^(?:https:\/\/[^\s/?#@]+|http:\/\/(?:localhost|127\.0\.0\.1)(?::\d+)?)(?:\/[^\s?#]*)?$/,
  "must be the https URL of an OpenID Connect provider (http only on this machine)",
);
const size = z.string().regex(SIZE_PATTERN, "must be a size such as 16g").transform(dockerSize);
const port = z.string().regex(/^\d{1,5}$/, "must be a port, 1 to 65535").transform(Number).pipe(
  z.number().min(1, "must be a port, 1 to 65535").max(65_535, "must be a port, 1 to 65535"),
);
const count = z.string().regex(/^\d{1,6}$/, "must be a whole number").transform(Number);

/** Fewest processes that a script with a few pipes needs. */
const PIDS_MIN = 16;

function listOf(text: string): string[] {
  return text.split(",").map((part) => part.trim()).filter((part) => part !== "");
}

/** One entry per environment variable: schema, default and description. */
export const SETTINGS = {
  MAMMOEVAL_HOME: { schema: z.string(), fallback: "./.mammoeval", about: "The results volume" },
  MAMMOEVAL_PORT: { schema: port, fallback: "8000", about: "Port to listen on" },
  MAMMOEVAL_HOST: { schema: z.string(), fallback: "127.0.0.1", about: "Address to listen on" },
  MAMMOEVAL_PUBLISHED: {
    schema: list,
    fallback: "",
    about:
      "Addresses at which a gateway in a container or behind a proxy is reached, comma-separated; default MAMMOEVAL_HOST",
  },
  MAMMOEVAL_HOSTS: {
    schema: list,
    fallback: "",
    about:
      "Additional host names that a gateway without tokens answers, comma-separated; others are refused",
  },
  MAMMOEVAL_DATA_ROOTS: {
    schema: list,
    fallback: "",
    about:
      "Folders from which datasets may be registered, comma-separated; default the project. The volume is always included",
  },
  MAMMOEVAL_MODELS: {
    schema: list,
    fallback: "",
    about:
      "Additional folders with model folders, comma-separated; they take precedence over a model of the same name in models/",
  },
  MAMMOEVAL_PREPROCESSED: {
    schema: z.string(),
    fallback: "",
    about: "Folder for preprocessed images; default preprocessed/ on the volume",
  },
  MAMMOEVAL_USERS: {
    schema: z.string(),
    fallback: "./users.txt",
    about:
      "Path of users.txt (see template_users.txt): the user that containers run as and that owns results, from the caller's line or the first one; without the file an unprivileged user",
  },
  MAMMOEVAL_EXECUTOR: {
    schema: z.enum(["auto", "local", "docker", "process", "slurm"]),
    fallback: "auto",
    about:
      "Where models run: local, or slurm (docs/operations.md); auto, docker and process mean local with that MAMMOEVAL_ENGINE",
  },
  MAMMOEVAL_ENGINE: {
    schema: z.enum(["auto", "docker", "podman", "apptainer", "process"]),
    fallback: "auto",
    about:
      "What runs containers: docker, podman or apptainer (docs/closed_cluster.md), process (the reference model only), or auto (docker where an engine answers)",
  },
  MAMMOEVAL_GPUS: {
    schema: list,
    fallback: "",
    about:
      "Indices of the GPUs that may be used, comma-separated, or none; default what nvidia-smi lists",
  },
  MAMMOEVAL_BUILD_ARGS: {
    schema: list,
    fallback: "",
    about:
      "NAME=value for Dockerfiles that declare NAME, comma-separated: mirrors on closed networks; HTTP_PROXY, HTTPS_PROXY and NO_PROXY go to all of them",
  },
  MAMMOEVAL_IMAGE_REGISTRIES: {
    schema: list,
    fallback: "",
    about:
      "Prefixes of names of private images that may be pulled, for example registry:5000/team, comma-separated",
  },
  MAMMOEVAL_CPU_SLOTS: {
    schema: count,
    fallback: "1",
    about: "Evaluations that may run on cpu at the same time",
  },
  MAMMOEVAL_MEMORY: { schema: size, fallback: "16g", about: "Memory limit of a model's container" },
  MAMMOEVAL_SHM_PERCENT: {
    schema: count.pipe(z.number().min(1).max(100)),
    fallback: "50",
    about:
      "Size of /dev/shm of a model's container in percent of its memory limit, of which it is a part",
  },
  MAMMOEVAL_QUOTA: {
    schema: count,
    fallback: "3",
    about: "Evaluations of one model version on one dataset for users with the role submit",
  },
  MAMMOEVAL_RELEASE: {
    schema: z.enum(["open", "coarse", "owner"]),
    fallback: "open",
    about:
      "What users who may not see the truth get of scores: open (the report), coarse (values of two digits), owner (nothing until an admin releases a score)",
  },
  MAMMOEVAL_OIDC_ISSUER: {
    schema: z.union([z.literal(""), issuer]),
    fallback: "",
    about:
      "OpenID Connect provider with which people sign in (docs/single_sign_on.md), its issuer URL; without it with tokens only",
  },
  MAMMOEVAL_OIDC_CLIENT_ID: {
    schema: z.string(),
    fallback: "",
    about: "mammoeval's client id at that provider",
  },
  MAMMOEVAL_OIDC_CLIENT_SECRET: {
    schema: z.string(),
    fallback: "",
    about: "Its secret; none for a public client",
  },
  MAMMOEVAL_OIDC_SITE: {
    schema: z.union([z.literal(""), url]),
    fallback: "",
    about: "mammoeval's own base URL as browsers see it, for example https://mammoeval.example.org",
  },
  MAMMOEVAL_OIDC_ROLES: {
    schema: list,
    fallback: "",
    about:
      "Roles by values of the role claim, value=role, comma-separated, for example radiology=read,data-owners=admin; who has none is refused",
  },
  MAMMOEVAL_OIDC_ROLE_CLAIM: {
    schema: z.string(),
    fallback: "roles",
    about: "Claim with a person's roles or groups; dots lead into objects",
  },
  MAMMOEVAL_OIDC_USER_CLAIM: {
    schema: z.string(),
    fallback: "sub",
    about:
      "Claim with a person's user name here; one that is unique at the provider and that people cannot choose",
  },
  MAMMOEVAL_OIDC_SCOPES: {
    schema: list,
    fallback: "openid,profile",
    about: "Scopes to request, comma-separated",
  },
  MAMMOEVAL_OIDC_HOSTS: {
    schema: list,
    fallback: "",
    about: "Further hosts of the provider, host or host:port, comma-separated",
  },
  MAMMOEVAL_RATE_LIMIT: {
    schema: count,
    fallback: "60000",
    about: "Requests per user and minute; 0 for no limit",
  },
  MAMMOEVAL_PIDS: {
    schema: count,
    fallback: "4096",
    about: "Processes and threads of a model's container",
  },
  MAMMOEVAL_DISK: {
    schema: size,
    fallback: "500g",
    about:
      "Disk limit of one evaluation: preprocessed images, predictions, other folders of its container",
  },
  MAMMOEVAL_OUTPUT: { schema: size, fallback: "256m", about: "Output limit of one evaluation" },
  MAMMOEVAL_DISK_FREE: {
    schema: size,
    fallback: "1g",
    about:
      "Free space on the volume below which no run starts, and the run that fills it is stopped",
  },
  MAMMOEVAL_PREPROCESSED_DAYS: {
    schema: count,
    fallback: "30",
    about: "Days to keep preprocessed images after a run last started with them",
  },
  MAMMOEVAL_PREPROCESSED_SIZE: {
    schema: size,
    fallback: "1t",
    about:
      "Limit for the preprocessed images of all experiments; the least recently used are removed first",
  },
  MAMMOEVAL_SLURM_OPTIONS: {
    schema: list,
    fallback: "",
    about:
      "Additional arguments of sbatch, comma-separated, for example --partition=gpu,--account=screening",
  },
  MAMMOEVAL_SLURM_MODELS: {
    schema: z.string(),
    fallback: "",
    about:
      "Path of a JSON file with GPU type, partition, account, QOS and time limit by model (docs/operations.md)",
  },
  MAMMOEVAL_SLURM_JOBS: {
    schema: count,
    fallback: "100",
    about: "Evaluations submitted to Slurm at a time",
  },
  MAMMOEVAL_WEBHOOK_SECRET: {
    schema: z.string(),
    fallback: "",
    about: "Signing key of webhooks, whsec_ and base64; without it webhooks are disabled",
  },
  MAMMOEVAL_WEBHOOK_HOSTS: {
    schema: list,
    fallback: "",
    about: "Allowed receivers of webhooks, host or host:port, comma-separated",
  },
  MAMMOEVAL_DICOMWEB: {
    schema: z.string().transform(listOf).pipe(z.array(pacsUrl)),
    fallback: "",
    about: "DICOMweb services from which datasets may be fetched, base URLs, comma-separated",
  },
  MAMMOEVAL_DICOMWEB_LOGINS: {
    schema: z.string(),
    fallback: "",
    about:
      "Path of a JSON file with the logins of these services, which ingestion alone reads; without it none is sent",
  },
  MAMMOEVAL_INGESTION_URL: {
    schema: url,
    fallback: "",
    about:
      "Base URL of a separate ingestion service; without the three URLs the gateway runs all three",
  },
  MAMMOEVAL_INFERENCE_URL: {
    schema: url,
    fallback: "",
    about: "Base URL of the inference service",
  },
  MAMMOEVAL_SCORING_URL: { schema: url, fallback: "", about: "Base URL of the scoring service" },
} as const;

/** Variables that only commands read. */
export const COMMAND_SETTINGS = {
  MAMMOEVAL_URL: {
    fallback: "",
    about: "Base URL of a running service for evaluate, score and other commands",
  },
  MAMMOEVAL_TOKEN: { fallback: "", about: "Token for it" },
} as const;

/** How people sign in with an OpenID Connect provider. */
export interface OpenIdSettings {
  readonly issuer: string;
  readonly clientId: string;
  /** Null for a public client. */
  readonly clientSecret: string | null;
  /** Base URL of the gateway as browsers see it. */
  readonly site: string;
  /** Roles by the values of the role claim. */
  readonly roles: ReadonlyMap<string, Role>;
  readonly roleClaim: string;
  readonly userClaim: string;
  readonly scopes: readonly string[];
  /** Hosts that the gateway connects to. */
  readonly hosts: readonly string[];
}

export interface Settings {
  readonly home: string;
  readonly port: number;
  readonly host: string;
  /** Addresses at which the gateway is reached from outside, such as the host's address for a container. */
  readonly published: readonly string[];
  /** Additional host names that a gateway without tokens accepts. */
  readonly hosts: readonly string[];
  /** Absolute folders from which datasets may be registered, including the volume. */
  readonly dataRoots: readonly string[];
  /** Absolute folders that hold model folders; `models/` of the project comes last. */
  readonly modelRoots: readonly string[];
  readonly preprocessed: string;
  /** Path of `users.txt`; the file need not exist. */
  readonly users: string;
  readonly executor: "local" | "slurm";
  readonly engine: "auto" | "docker" | "podman" | "apptainer" | "process";
  /** Allowed GPU indices; null: ask nvidia-smi. */
  readonly gpus: readonly string[] | null;
  readonly buildArgs: Readonly<Record<string, string>>;
  /** Prefixes of names of private images that may be pulled. */
  readonly imageRegistries: readonly string[];
  readonly cpuSlots: number;
  /** In Docker's notation: a number and k, m, g or t. */
  readonly memory: string;
  readonly sharedMemoryPercent: number;
  /** Evaluations of one model version on one dataset for a user with the role submit. */
  readonly quota: number;
  /** What users who may not see the truth get of scores. */
  readonly release: ReleasePolicy;
  /** Null where people sign in with tokens only. */
  readonly openId: OpenIdSettings | null;
  /** Requests per user and minute; 0 for no limit. */
  readonly rateLimit: number;
  readonly pids: number;
  readonly diskBytes: number;
  readonly outputBytes: number;
  readonly diskFreeBytes: number;
  readonly preprocessedDays: number;
  readonly preprocessedBytes: number;
  readonly slurmOptions: readonly string[];
  /** Path of the file with further arguments by model; "" for none. */
  readonly slurmModels: string;
  readonly slurmJobs: number;
  /** `whsec_…`, or null if webhooks are disabled. */
  readonly webhookSecret: string | null;
  /** Allowed receivers of webhooks, `host` or `host:port`. */
  readonly webhookHosts: readonly string[];
  /** Base URLs of the allowed DICOMweb services, without a trailing slash. */
  readonly dicomweb: readonly string[];
  /** Path of the file with their logins; "" for none. */
  readonly dicomwebLogins: string;
  readonly ingestionUrl: string | null;
  readonly inferenceUrl: string | null;
  readonly scoringUrl: string | null;
}

/**
 * Reads the settings; paths become absolute. `project` is the absolute path of the project.
 * @throws {RangeError} if variables are invalid; names all of them
 */
export function readSettings(
  read: (name: string) => string | undefined,
  project: string,
): Settings {
  const values = parseAll(read);
  const home = resolve(values.MAMMOEVAL_HOME);
  const roots = values.MAMMOEVAL_DATA_ROOTS.length === 0 ? [project] : values.MAMMOEVAL_DATA_ROOTS;
  return {
    home,
    port: values.MAMMOEVAL_PORT,
    host: values.MAMMOEVAL_HOST,
    hosts: values.MAMMOEVAL_HOSTS,
    published: values.MAMMOEVAL_PUBLISHED.length === 0
      ? [values.MAMMOEVAL_HOST]
      : values.MAMMOEVAL_PUBLISHED,
    dataRoots: [...new Set([...roots.map((root) => resolve(root)), home])],
    modelRoots: [
      ...values.MAMMOEVAL_MODELS.map((root) => resolve(root)),
      resolve(project, "models"),
    ],
    preprocessed: resolve(values.MAMMOEVAL_PREPROCESSED || `${home}/preprocessed`),
    users: resolve(values.MAMMOEVAL_USERS),
    ...whereAndHow(values),
    gpus: values.MAMMOEVAL_GPUS.length === 0 ? null : values.MAMMOEVAL_GPUS,
    buildArgs: parseBuildArgs(values.MAMMOEVAL_BUILD_ARGS),
    imageRegistries: values.MAMMOEVAL_IMAGE_REGISTRIES,
    cpuSlots: Math.max(1, values.MAMMOEVAL_CPU_SLOTS),
    quota: values.MAMMOEVAL_QUOTA,
    release: values.MAMMOEVAL_RELEASE,
    openId: openIdOf(values),
    rateLimit: values.MAMMOEVAL_RATE_LIMIT,
    memory: values.MAMMOEVAL_MEMORY,
    sharedMemoryPercent: values.MAMMOEVAL_SHM_PERCENT,
    pids: Math.max(PIDS_MIN, values.MAMMOEVAL_PIDS),
    diskBytes: bytesOf(values.MAMMOEVAL_DISK),
    outputBytes: bytesOf(values.MAMMOEVAL_OUTPUT),
    diskFreeBytes: bytesOf(values.MAMMOEVAL_DISK_FREE),
    preprocessedDays: values.MAMMOEVAL_PREPROCESSED_DAYS,
    preprocessedBytes: bytesOf(values.MAMMOEVAL_PREPROCESSED_SIZE),
    slurmOptions: values.MAMMOEVAL_SLURM_OPTIONS,
    slurmModels: values.MAMMOEVAL_SLURM_MODELS === "" ? "" : resolve(values.MAMMOEVAL_SLURM_MODELS),
    slurmJobs: Math.max(1, values.MAMMOEVAL_SLURM_JOBS),
    webhookSecret: values.MAMMOEVAL_WEBHOOK_SECRET || null,
    webhookHosts: values.MAMMOEVAL_WEBHOOK_HOSTS,
    dicomweb: values.MAMMOEVAL_DICOMWEB,
    dicomwebLogins: values.MAMMOEVAL_DICOMWEB_LOGINS === ""
      ? ""
      : resolve(values.MAMMOEVAL_DICOMWEB_LOGINS),
    ingestionUrl: values.MAMMOEVAL_INGESTION_URL || null,
    inferenceUrl: values.MAMMOEVAL_INFERENCE_URL || null,
    scoringUrl: values.MAMMOEVAL_SCORING_URL || null,
  };
}

/** Returns the URL that a browser on this machine can open. */
export function addressToOpen({ host, port }: Pick<Settings, "host" | "port">): string {
  const name = ["0.0.0.0", "::", ""].includes(host) ? "127.0.0.1" : host;
  return `http://${name.includes(":") ? `[${name}]` : name}:${port}`;
}

type Values = { [Name in keyof typeof SETTINGS]: z.output<(typeof SETTINGS)[Name]["schema"]> };

function parseAll(read: (name: string) => string | undefined): Values {
  const faults: string[] = [];
  const entries = Object.entries(SETTINGS).map(([name, setting]) => {
    const text = read(name)?.trim() || setting.fallback;
    if (text === "" && setting.schema === url) return [name, ""];
    const parsed = setting.schema.safeParse(text);
    if (!parsed.success) faults.push(`${name}=${text}: ${parsed.error.issues[0]?.message}`);
    return [name, parsed.data];
  });
  if (faults.length > 0) throw new RangeError(`Cannot read the settings: ${faults.join("; ")}`);
  return Object.fromEntries(entries);
}

/** Splits the executor into where and how models run: earlier values of MAMMOEVAL_EXECUTOR name the engine. */
function whereAndHow(
  { MAMMOEVAL_EXECUTOR: executor, MAMMOEVAL_ENGINE: engine }: Values,
): Pick<Settings, "executor" | "engine"> {
  if (executor === "slurm" && engine !== "process" && engine !== "podman") {
    return { executor, engine: engine === "auto" ? "docker" : engine };
  }
  const named = executor === "local" ? "auto" : executor;
  if (named !== "slurm" && (named === "auto" || engine === "auto" || named === engine)) {
    return { executor: "local", engine: engine === "auto" ? named : engine };
  }
  const advice = named === "slurm"
    ? "Slurm runs containers by docker or apptainer"
    : "leave one of them out";
  throw new RangeError(
    `Cannot read the settings: MAMMOEVAL_EXECUTOR=${executor} and MAMMOEVAL_ENGINE=${engine} contradict each other: ${advice}`,
  );
}

function openIdOf(values: Values): OpenIdSettings | null {
  const issuer = values.MAMMOEVAL_OIDC_ISSUER;
  if (issuer === "") return null;
  const needed = ["CLIENT_ID", "SITE", "ROLES"] as const;
  const missing = needed.map((name) => `MAMMOEVAL_OIDC_${name}` as const)
    .filter((name) => values[name].length === 0);
  if (missing.length > 0) {
    throw new RangeError(
      `Cannot read the settings: MAMMOEVAL_OIDC_ISSUER also needs ${missing.join(" and ")}`,
    );
  }
  return {
    issuer,
    clientId: values.MAMMOEVAL_OIDC_CLIENT_ID,
    clientSecret: values.MAMMOEVAL_OIDC_CLIENT_SECRET || null,
    site: values.MAMMOEVAL_OIDC_SITE,
    roles: new Map(values.MAMMOEVAL_OIDC_ROLES.map(roleOf)),
    roleClaim: values.MAMMOEVAL_OIDC_ROLE_CLAIM,
    userClaim: values.MAMMOEVAL_OIDC_USER_CLAIM,
    scopes: [...new Set(["openid", ...values.MAMMOEVAL_OIDC_SCOPES])],
    hosts: [new URL(issuer).host, ...values.MAMMOEVAL_OIDC_HOSTS],
  };
}

/** Splits at the last equals sign: names of groups may contain others. */
function roleOf(pair: string): [value: string, role: Role] {
  const at = pair.lastIndexOf("=");
  const role = ROLES.find((name) => name === pair.slice(at + 1).trim());
  if (at < 1 || role === undefined) {
    throw new RangeError(
      `Cannot read the settings: MAMMOEVAL_OIDC_ROLES=${pair}: must be value=role, with the role ` +
        ROLES.join(", "),
    );
  }
  return [pair.slice(0, at).trim(), role];
}

function parseBuildArgs(pairs: readonly string[]): Record<string, string> {
  // NO_PROXY itself is a comma-separated list.
  const whole = pairs.reduce<string[]>((done, pair) => {
    const goesOn = !pair.includes("=") && /^no_proxy=/i.test(done.at(-1) ?? "");
    return goesOn ? [...done.slice(0, -1), `${done.at(-1)},${pair}`] : [...done, pair];
  }, []);
  return Object.fromEntries(whole.map((pair) => {
    const at = pair.indexOf("=");
    if (at < 1) {
      throw new RangeError(
        `Cannot read the settings: MAMMOEVAL_BUILD_ARGS=${pair}: must be NAME=value`,
      );
    }
    return [pair.slice(0, at), pair.slice(at + 1)];
  }));
}
