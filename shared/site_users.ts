import { parseUsers } from "./format/mod.ts";

/** Who a container runs as, and who owns what it writes. */
export interface Runner {
  readonly uid: number;
  readonly gid: number;
}

/** The people of a site, as `users.txt` names them, or a stand-in where there is no such file. */
export interface SiteUsers {
  /** Content of users.txt for build contexts. */
  readonly text: string;
  readonly groupName: string;
  /** Who runs the containers of callers that users.txt does not name: never root. */
  readonly runner: Runner;
  /** Everybody whom containers may run as. */
  readonly runners: readonly Runner[];
  /** @returns the runner that users.txt names for a caller, by the name of their token */
  readonly runnerOf: (user: string) => Runner;
}

/** User and group of containers on a site without users.txt where mammoeval itself runs as root. */
const UNPRIVILEGED_ID = 10_001;

/**
 * Works out who runs containers.
 *
 * @param text content of users.txt, or null where there is none
 * @param self user and group that mammoeval runs as
 * @returns the first user of users.txt for callers that it does not name; without the file,
 *   mammoeval's own user for all, or 10001 when that is root
 * @throws {SyntaxError} when users.txt is malformed
 * @throws {RangeError} when it would make a container run as root
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

/**
 * Reads who runs containers.
 *
 * @returns the users, and whether there is such a file
 * @throws as {@linkcode siteUsers}
 */
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
