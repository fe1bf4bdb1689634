/** The group that may read the data and its members, from `users.txt`. */
export interface Users {
  /** The group. */
  readonly group: { readonly name: string; readonly gid: number };
  /** Members in file order, at least one. */
  readonly users: readonly { readonly name: string; readonly uid: number }[];
}

/** Maximum id: the kernel reserves 2^32 - 1 for "none", and older tools read ids as signed. */
const ID_MAX = 2 ** 31 - 2;

/**
 * Parses `users.txt`: a line `group,gid`, then lines `user,uid`, without spaces.
 * @throws {SyntaxError} with the line, when it is malformed, repeated or root's, or there is no member
 */
export function parseUsers(text: string): Users {
  const lines = text.replace(/^\ufeff/, "").split(/\r?\n/);
  const entries = lines.flatMap((line, index) => line === "" ? [] : [parseEntry(line, index + 1)]);
  const [group, ...users] = entries;
  if (group === undefined) throw new SyntaxError("Cannot read users.txt: the file is empty");
  if (users.length === 0) {
    throw new SyntaxError("Cannot read users.txt: there is no user after the group");
  }
  for (const key of ["name", "id"] as const) {
    const seen = new Set<string | number>();
    for (const user of users) {
      if (seen.has(user[key])) {
        throw new SyntaxError(
          `Cannot read users.txt: line ${user.line} repeats the user ${key} ${user[key]}`,
        );
      }
      seen.add(user[key]);
    }
  }
  return {
    group: { name: group.name, gid: group.id },
    users: users.map(({ name, id }) => ({ name, uid: id })),
  };
}

interface Entry {
  readonly line: number;
  readonly name: string;
  readonly id: number;
}

function parseEntry(text: string, line: number): Entry {
  const match = /^([A-Za-z_][A-Za-z0-9_.-]{0,31}),(\d{1,10})$/.exec(text);
  if (match === null) {
    throw new SyntaxError(
      `Cannot read users.txt: line ${line} is not "name,number" without spaces`,
    );
  }
  const id = Number(match[2]);
  if (id === 0 || id > ID_MAX) {
    throw new SyntaxError(
      `Cannot read users.txt: line ${line} has the id ${id}, which is not in 1 to ${ID_MAX}`,
    );
  }
  return { line, name: match[1]!, id };
}
