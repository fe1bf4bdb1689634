import { join } from "node:path";
import { bytesOf } from "../../../shared/size.ts";
import {
  anotherUser,
  apptainerArguments,
  readUsage,
  startFailure,
  SUPERVISOR,
} from "./apptainer_arguments.ts";
import type { Measurement, Outcome } from "../engine/executor.ts";
import type { Job } from "../engine/job.ts";
import { textOf } from "./job_log.ts";
import { quoted, SCRIPT_HEAD, type SlurmFiles, type SlurmRuntime } from "./slurm_script.ts";

/** Interval for measuring a run's scratch folder on its node, in seconds. */
const DISK_INTERVAL_S = 2;
/** Copied beside the script: a node need not have the project. */
const SUPERVISOR_NAME = "supervise.sh";

/** Runs jobs by Apptainer as their submitter; what containers write outside of mounts stays on the node. */
export function apptainerOnNodes(imagePath: (digest: string) => string): SlurmRuntime {
  return {
    async prepare(job, files): Promise<Outcome<string>> {
      const other = anotherUser(job);
      if (other !== null) return other;
      const supervisor = await Deno.readTextFile(SUPERVISOR);
      await Deno.writeTextFile(join(files.folder, SUPERVISOR_NAME), supervisor);
      await Deno.writeTextFile(join(files.folder, "nothing"), "");
      return { ok: true, value: apptainerScript(job, files, imagePath(job.image)) };
    },
    explainEnd: startFailure,
    measure: readMeasurement,
    outsideOfJob: null,
  };
}

async function readMeasurement({ folder }: SlurmFiles): Promise<Measurement | null> {
  const usage = await textOf(join(folder, "usage"));
  if (usage === null) return null;
  const disk = await textOf(join(folder, "disk"));
  return {
    ...readUsage(usage),
    gpuMemoryBytes: null,
    rootBytes: disk === null ? null : Number(disk),
  };
}

/** The batch script of one job; `supervise.sh` in the foreground ends the container with the job. */
export function apptainerScript(job: Job, files: SlurmFiles, image: string): string {
  const { memory, pids } = job.limits;
  return `${SCRIPT_HEAD}
folder=${quoted(files.folder)}
started=${quoted(files.started)}
refused=${quoted(files.refused)}
end=${quoted(files.end)}

# A job that Slurm has queued again may find what its first start left.
rm -f "$end" "$refused" "$folder"/{end,stop,usage,disk,pipe}
if ! command -v apptainer >/dev/null; then
  echo "The node $(hostname) has no apptainer" >"$refused.partial" && mv "$refused.partial" "$refused"
  exit 1
fi
scratch=$(mktemp -d "\${SLURM_TMPDIR:-\${TMPDIR:-/tmp}}/mammoeval-XXXXXXXXXX") || exit 1
mkdir -m 700 "$scratch"/{overlay,temporary} "$scratch"/temporary/{tmp,var_tmp}
clear() {
  kill "$watching" 2>/dev/null
  chmod -R u+rwX "$scratch" 2>/dev/null
  rm -rf "$scratch"
}
watch_disk() {
  while :; do
    du -sb "$scratch" 2>/dev/null | cut -f1 >"$folder/disk.partial" && mv "$folder/disk.partial" "$folder/disk"
    sleep ${DISK_INTERVAL_S}
  done
}
watch_disk &
watching=$!
trap clear EXIT
# The processors that Slurm granted: the supervisor must not choose others.
cores=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
echo "$(date -u +%Y-%m-%dT%H:%M:%S.000Z) \${SLURM_JOB_GPUS:-}" >"$started.partial" && mv "$started.partial" "$started"
env -i PATH="$PATH" HOME="$scratch" APPTAINER_CACHEDIR="$scratch" \\
  bash "$folder/${SUPERVISOR_NAME}" "$folder" ${bytesOf(memory)} ${pids} "$cores" apptainer ${
    nodeArguments(job, files, image).join(" ")
  } &
supervisor=$!
stop() {
  trap "" TERM INT
  touch "$folder/stop"
  wait "$supervisor"
  exit 143
}
trap stop TERM INT
# Only while it waits for a child in the background does bash hear a signal at once.
wait "$supervisor"
[ -e "$folder/end" ] || exit 1
mv "$folder/end" "$end"
`;
}

/** Arguments of Apptainer as shell words. Scratch folders and GPUs are known only on the node. */
function nodeArguments(job: Job, { folder }: SlurmFiles, image: string): string[] {
  const [overlay, temporary] = ['"$scratch/overlay"', '"$scratch/temporary"'];
  const places = { image, nothing: join(folder, "nothing"), overlay, temporary };
  // Slurm numbers the devices of a constrained job from 0, so its own variable is the right one.
  const granted = '"CUDA_VISIBLE_DEVICES=${CUDA_VISIBLE_DEVICES:-}"';
  const args = apptainerArguments({ ...job, gpus: [] }, places);
  const options = args.indexOf(image);
  return args.map((arg, at) => {
    if (at > options) return quoted(arg);
    if (arg === "CUDA_VISIBLE_DEVICES=" && job.device === "gpu") return granted;
    return arg === overlay || arg === temporary ? arg : quoted(arg);
  });
}
