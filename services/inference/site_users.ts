import { parseUsers } from "../../shared/format/mod.ts";

/** The people of a site, as `users.txt` names them, or a stand-in where there is no such file. */
export interface SiteUsers {
  /** Content of users.txt for build contexts. */
  readonly text: string;
  readonly groupName: string;
  /** Who runs containers and owns their outputs: never root. */
  readonly runner: { readonly uid: number; readonly gid: number };
}

/** User and group of containers on a site without users.txt where mammoeval itself runs as root. */
const UNPRIVILEGED_ID = 10_001;

/**
 * Works out who runs containers.
 *
 * @param text content of users.txt, or null where there is none
 * @param self user and group that mammoeval runs as
 * @returns the first user of users.txt; without one, mammoeval's own user, or 10001 when that is root
 * @throws {SyntaxError} when users.txt is malformed
 * @throws {RangeError} when it would make a container run as root
 */
export function siteUsers(text: string | null, self: { uid: number; gid: number }): SiteUsers {
  if (text === null) {
    const uid = self.uid === 0 ? UNPRIVILEGED_ID : self.uid;
    const gid = self.gid === 0 ? UNPRIVILEGED_ID : self.gid;
    const stand = `mammoeval,${gid}\nmammoeval_user,${uid}\n`;
    return { text: stand, groupName: "mammoeval", runner: { uid, gid } };
  }
  const { group, users } = parseUsers(text);
  const first = users[0];
  if (first === undefined) {
    throw new SyntaxError("Cannot use users.txt: it names a group and no user");
  }
  if (first.uid === 0 || group.gid === 0) {
    throw new RangeError(
      "Cannot use users.txt: containers must not run as root, id 0 is not allowed",
    );
  }
  return { text, groupName: group.name, runner: { uid: first.uid, gid: group.gid } };
}
