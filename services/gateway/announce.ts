import { type Fetch, jsonLine } from "../../shared/http/mod.ts";
import { type Finding, findingsOf } from "./pages/findings.ts";

export interface Announcement {
  /** Address to open in a browser. */
  readonly url: string;
  /** Whether everybody who can reach it may do everything. */
  readonly isOpen: boolean;
  /** Whether to write JSON for a program. */
  readonly json: boolean;
}

/** Announces mammoeval's address and the state of this machine. */
export async function announce(
  { url, isOpen, json }: Announcement,
  inference: Fetch,
  write: (text: string) => void,
): Promise<void> {
  if (!json) write(`mammoeval runs: open ${url}\n`);
  const findings = [
    ...await look(inference),
    {
      subject: "Tokens",
      message: isOpen
        ? "none: anybody who can reach this address may do everything"
        : "required for every request",
    },
  ];
  if (json) {
    const found = Object.fromEntries(findings.map(({ subject, message }) => [subject, message]));
    return write(`${jsonLine({ message: "mammoeval runs", url, found })}\n`);
  }
  const width = Math.max(...findings.map(({ subject }) => subject.length)) + 2;
  const lines = findings.map(({ subject, message }) => `  ${subject.padEnd(width)}${message}`);
  write(
    `${lines.join("\n")}\nCtrl-C stops it; running evaluations continue at the next start.\n`,
  );
}

async function look(inference: Fetch): Promise<Finding[]> {
  try {
    const answer = await inference(new Request("http://inside/v1/doctor"));
    return findingsOf.parse(await answer.json());
  } catch {
    return [{ subject: "Machine", message: "not known yet: run deno task doctor" }];
  }
}
