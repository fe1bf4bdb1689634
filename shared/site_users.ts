import { parseUsers } from "./format/mod.ts";

/** User and group that a container runs as and that own its files. */
export interface Runner {
  readonly uid: number;
  readonly gid: number;
}

/** The users in `users.txt`, or a stand-in if there is no such file. */
export interface SiteUsers {
  /** Content of users.txt, for build contexts. */
  readonly text: string;
  readonly groupName: string;
  /** The user for callers that users.txt does not name; never root. */
  readonly runner: Runner;
  /** All users that containers may run as. */
  readonly runners: readonly Runner[];
  /** Returns the user for a caller, looked up in users.txt by the name of their token. */
  readonly runnerOf: (user: string) => Runner;
}

/** User and group of containers without users.txt when mammoeval runs as root. */
const UNPRIVILEGED_ID = 10_001;

/**
 * The users that containers run as: those of users.txt, its first user for others; without the file mammoeval's own
 * user, or 10001 if that is root.
 * @throws {SyntaxError} if users.txt is malformed
 * @throws {RangeError} if a container would run as root
 */
export function siteUsers(text: string | null, self: { uid: number; gid: number }): SiteUsers {
  if (text === null) {
    const uid = self.uid === 0 ? UNPRIVILEGED_ID : self.uid;
    const gid = self.gid === 0 ? UNPRIVILEGED_ID : self.gid;
    const stand = `mammoeval,${gid}\nmammoeval_user,${uid}\n`;
    const runner = { uid, gid };
    return {
      text: stand,
      groupName: "mammoeval",
      runner,
      runners: [runner],
      runnerOf: () => runner,
    };
  }
  const { group, users } = parseUsers(text);
  const first = users[0];
  if (first === undefined) {
    throw new SyntaxError("Cannot use users.txt: it has a group but no user");
  }
  if (first.uid === 0 || group.gid === 0) {
    throw new RangeError(
      "Cannot use users.txt: containers must not run as root, id 0 is not allowed",
    );
  }
  const { gid } = group;
  const uids = new Map(users.map(({ name, uid }) => [name, uid]));
  return {
    text,
    groupName: group.name,
    runner: { uid: first.uid, gid },
    runners: users.map(({ uid }) => ({ uid, gid })),
    runnerOf: (user) => ({ uid: uids.get(user) ?? first.uid, gid }),
  };
}

/** @throws as {@linkcode siteUsers} */
export async function readSiteUsers(
  path: string,
): Promise<{ users: SiteUsers; hasUsersFile: boolean }> {
  const text = await Deno.readTextFile(path).catch((error) => {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  });
  const self = { uid: Deno.uid() ?? 0, gid: Deno.gid() ?? 0 };
  return { users: siteUsers(text, self), hasUsersFile: text !== null };
}
