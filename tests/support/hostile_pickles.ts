/**
 * Hostile pickles for tests: code execution by every opcode, bombs, wrong lengths, cycles, invalid text. Each comes
 * with the expected error message.
 *
 * @module
 */
import { joinBytes } from "../../shared/format/join_bytes.ts";
import { OPCODES as OP } from "../../shared/format/pickle/opcodes.ts";

/** A hostile pickle. */
export interface HostilePickle {
  /** What it attempts. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /** Expected error message. */
  readonly refusal: RegExp;
}

/** The file that the pickles try to create; it must never exist. */
export const CANARY = "/tmp/mammoeval_pickle_canary";

type Part = string | number | readonly number[];

const COMMAND = `touch ${CANARY}`;
const PROTO4 = [OP.PROTO, 4];
const STOP = OP.STOP;
/** The argument of a shell command as a tuple, in protocol 0. */
const ARGS = `(S'${COMMAND}'\nt`;

/** All hostile pickles. */
export const HOSTILE_PICKLES: readonly HostilePickle[] = [
  ...shellCommands(),
  ...otherNames(),
  ...otherCalls(),
  ...references(),
  ...bombs(),
  ...nests(),
  ...lengths(),
  ...structures(),
  ...texts(),
  ...dates(),
  ...numpy(),
];

/** A shell command, by every opcode that calls or names something. */
function shellCommands(): HostilePickle[] {
  const system = /refers to "(os|posix|nt)\.system"/;
  const named = [...text("os"), ...text("system"), OP.STACK_GLOBAL];
  const command = [...text(COMMAND), OP.TUPLE1];
  return [
    hostile("GLOBAL, REDUCE", system, "cos\nsystem\n", ARGS, "R."),
    hostile("GLOBAL of posix", system, "cposix\nsystem\n", ARGS, "R."),
    hostile("GLOBAL of nt", system, "cnt\nsystem\n", ARGS, "R."),
    hostile("GLOBAL, NEWOBJ", system, "cos\nsystem\n", ARGS, OP.NEWOBJ, STOP),
    hostile("GLOBAL, NEWOBJ_EX", system, "cos\nsystem\n", ARGS, "}", OP.NEWOBJ_EX, STOP),
    hostile("GLOBAL, OBJ", system, "(cos\nsystem\n", `S'${COMMAND}'\n`, "o."),
    hostile("GLOBAL, BUILD", system, "cos\nsystem\n", "}b."),
    hostile("GLOBAL alone", system, "cos\nsystem\n."),
    hostile("GLOBAL, popped again", system, "cos\nsystem\n0N."),
    hostile("INST", system, `(S'${COMMAND}'\n`, "ios\nsystem\n."),
    hostile("STACK_GLOBAL, REDUCE", system, PROTO4, named, command, "R."),
    hostile("STACK_GLOBAL, NEWOBJ", system, PROTO4, named, command, OP.NEWOBJ, STOP),
    hostile("STACK_GLOBAL, NEWOBJ_EX", system, PROTO4, named, command, "}", OP.NEWOBJ_EX, STOP),
    hostile(
      "STACK_GLOBAL of a memo",
      system,
      text("os"),
      "q\0",
      text("system"),
      "q\x01(h\0h\x01",
      OP.STACK_GLOBAL,
      STOP,
    ),
  ];
}

/** Other names that must not be called. */
function otherNames(): HostilePickle[] {
  return [
    hostile("eval", /"builtins\.eval"/, "cbuiltins\neval\n(S'1'\ntR."),
    hostile("exec of Python 2", /"__builtin__\.exec"/, "c__builtin__\nexec\n(S'1'\ntR."),
    hostile("getattr", /"builtins\.getattr"/, "cbuiltins\ngetattr\n."),
    hostile("import", /"builtins\.__import__"/, "cbuiltins\n__import__\n(S'os'\ntR."),
    hostile("open", /"builtins\.open"/, "cbuiltins\nopen\n(S'x'\nS'w'\ntR."),
    hostile("subprocess", /"subprocess\.Popen"/, "csubprocess\nPopen\n", ARGS, "R."),
    hostile(
      "dotted name",
      /"builtins\.eval\.__call__"/,
      PROTO4,
      text("builtins"),
      text("eval.__call__"),
      OP.STACK_GLOBAL,
      STOP,
    ),
    hostile(
      "way around a module",
      /"numpy\.os\.system"/,
      PROTO4,
      text("numpy"),
      text("os.system"),
      OP.STACK_GLOBAL,
      STOP,
    ),
    hostile(
      "numpy's own exec",
      /"numpy\.testing\._private\.utils\.runstring"/,
      "cnumpy.testing._private.utils\nrunstring\n.",
    ),
    hostile("numpy's load", /"numpy\.load"/, "cnumpy\nload\n."),
    hostile("copyreg", /"copyreg\._reconstructor"/, "ccopyreg\n_reconstructor\n."),
    hostile("copy_reg of Python 2", /"copy_reg\._reconstructor"/, "ccopy_reg\n_reconstructor\n."),
    hostile("pickle in pickle", /"pickle\.loads"/, "cpickle\nloads\n(S'N.'\ntR."),
    hostile("a class", /"fractions\.Fraction"/, "cfractions\nFraction\n(S'1'\ntR."),
    hostile("complex", /"builtins\.complex"/, "cbuiltins\ncomplex\n(F1.0\nF2.0\ntR."),
    hostile(
      "a name that is no text",
      /name of a class is not text/,
      PROTO4,
      "K\x01K\x02",
      OP.STACK_GLOBAL,
      STOP,
    ),
    hostile(
      "a name with control characters",
      /"a\\u001b\[31m\.b"/,
      PROTO4,
      text("a\x1b[31m"),
      text("b"),
      OP.STACK_GLOBAL,
      STOP,
    ),
    hostile("a name of a megabyte", /refers to "x{80}",/, "c", "x".repeat(1_000_000), "\ny\n."),
  ];
}

/** Calls that no pickler writes. */
function otherCalls(): HostilePickle[] {
  return [
    hostile("REDUCE of a text", /unknown function/, "S'os.system'\n", ARGS, "R."),
    hostile("REDUCE of a number", /unknown function/, "I1\n", ARGS, "R."),
    hostile(
      "REDUCE of a named class",
      /unknown function/,
      "cnumpy\nndarray\n",
      ARGS,
      "R.",
    ),
    hostile("REDUCE with a list", /has no arguments/, "cbuiltins\nset\n", "]R."),
    hostile("OBJ of a recognised class", /instance of a class/, "(cbuiltins\nset\no."),
    hostile("INST of a recognised class", /instance of builtins\.set/, "(ibuiltins\nset\n."),
    hostile(
      "NEWOBJ_EX of a recognised class",
      /instance of a class/,
      "cbuiltins\nset\n)}",
      OP.NEWOBJ_EX,
      STOP,
    ),
    hostile("BUILD of a dict", /attributes of plain data/, "}}b."),
    hostile("BUILD of a class", /attributes of plain data/, "cnumpy\nndarray\n}b."),
    hostile("EXT1", /extension code/, OP.EXT1, 1, STOP),
    hostile("EXT2", /extension code/, OP.EXT2, [1, 0], STOP),
    hostile("EXT4", /extension code/, OP.EXT4, [1, 0, 0, 0], STOP),
  ];
}

/** References to data outside the file. */
function references(): HostilePickle[] {
  return [
    hostile("PERSID", /outside the file/, "P/etc/passwd\n."),
    hostile("BINPERSID", /outside the file/, "S'/etc/passwd'\nQ."),
    hostile("NEXT_BUFFER", /buffer outside the file/, [OP.PROTO, 5, OP.NEXT_BUFFER], STOP),
    hostile(
      "READONLY_BUFFER",
      /buffer outside the file/,
      [OP.PROTO, 5],
      "N",
      OP.READONLY_BUFFER,
      STOP,
    ),
    hostile("memo that was never made", /memo entry 7/, "h\x07."),
    hostile("memo by text", /memo position/, "g-1\n."),
    hostile("memo of nothing", /missing on the stack/, "q\0."),
  ];
}

/** Small files that expand to huge values. */
function bombs(): HostilePickle[] {
  const nested = (start: string, level: (below: number) => Part[], levels: number): Part[] => [
    `${start}q\0`,
    ...Array.from({ length: levels }, (_, below) => ["0", ...level(below), "q", below + 1]).flat(),
  ];
  const lists = nested("]", (below) => ["(", repeat([OP.BINGET, below], 2), "l"], 60);
  const tuples = nested(")", (below) => [repeat([OP.BINGET, below], 2), OP.TUPLE2], 60);
  const laughs = nested(
    `S'${"ha".repeat(2000)}'\n`,
    (below) => ["(", repeat([OP.BINGET, below], 10), "l"],
    8,
  );
  return [
    hostile("doubling lists", /expands to/, ...lists, STOP),
    hostile("doubling tuples", /expands to/, ...tuples, STOP),
    hostile("doubling tuples as a key", /expands to|levels deep/, "}", ...tuples, "Ns."),
    hostile("ten to the eighth laughs", /expands to/, ...laughs, STOP),
    hostile("a million empty dicts", /expands to/, "(", "}".repeat(1_000_000), "l."),
    hostile("a million marks", /mark|missing|expands/, "(".repeat(1_000_000), STOP),
    hostile(
      "one long set again and again",
      /expands to/,
      "cbuiltins\nset\nq\0(",
      numbers(20_000),
      "lq\x01",
      OP.TUPLE1,
      "q\x02",
      "h\0h\x02R".repeat(1000),
      STOP,
    ),
    hostile(
      "one long text as bytes again and again",
      /expands to/,
      "c_codecs\nencode\nq\0X",
      u32(100_000),
      "x".repeat(100_000),
      text("latin1"),
      [OP.TUPLE2],
      "q\x01",
      "h\0h\x01R".repeat(1000),
      STOP,
    ),
  ];
}

/** Nesting far beyond any stack. */
function nests(): HostilePickle[] {
  const deep = (open: string, close: string): HostilePickle =>
    hostile(
      `100,000 deep: ${open}`,
      /levels deep|expands to/,
      open.repeat(100_000),
      "N",
      close.repeat(100_000),
      STOP,
    );
  return [
    deep("(", "l"),
    deep("(", "t"),
    deep("]", "a"),
    deep("}N", "s"),
    hostile(
      "100,000 deep tuple as a key",
      /levels deep/,
      "}N",
      [...repeat(OP.TUPLE1, 100_000)],
      "Ns.",
    ),
    hostile(
      "100,000 deep frozensets",
      /levels deep|expands to/,
      "(".repeat(100_000),
      repeat(OP.FROZENSET, 100_000),
      STOP,
    ),
  ];
}

/** Lengths that exceed the file. */
function lengths(): HostilePickle[] {
  const early = /ends early/;
  const huge = u64(2n ** 63n);
  return [
    hostile("empty file", /is empty/),
    hostile("protocol alone", early, PROTO4),
    hostile("no STOP", early, "N"),
    hostile("STOP alone", /missing on the stack/, STOP),
    hostile("BINUNICODE of 60 MB", early, "X", u32(60_000_000), STOP),
    hostile(
      "BINUNICODE beyond the limit",
      /a text has 4294967295 bytes/,
      "X",
      u32(0xffffffff),
      STOP,
    ),
    hostile("BINUNICODE8 of 8 EB", early, OP.BINUNICODE8, huge, STOP),
    hostile("BINBYTES of 4 GB", early, "B", u32(0xffffffff), STOP),
    hostile("BINBYTES8 of 8 EB", early, OP.BINBYTES8, huge, STOP),
    hostile("BYTEARRAY8 of 8 EB", early, OP.BYTEARRAY8, huge, STOP),
    hostile("BINSTRING of 4 GB", early, "T", u32(0xffffffff), STOP),
    hostile("FRAME of 8 EB", early, PROTO4, OP.FRAME, huge, "N."),
    hostile("LONG4 of 4 GB", /integer has over/, OP.LONG4, u32(0xffffffff), STOP),
    hostile("LONG4 of a negative length", /integer has over/, OP.LONG4, u32(-1), STOP),
    hostile("a million digits", /integer has over/, "L", "9".repeat(1_000_000), "L\n."),
    hostile("a million digits in INT", /integer has over/, "I", "9".repeat(1_000_000), "\n."),
    hostile("STRING without end", early, "S'abc"),
    hostile("GLOBAL without end", early, "cos"),
  ];
}

/** Structures that no pickler writes. */
function structures(): HostilePickle[] {
  return [
    hostile("a list in itself", /contains itself/, "]q\0h\0a."),
    hostile("a dict in itself", /contains itself/, "}q\0Nh\0s."),
    hostile("a tuple in a list in itself", /contains itself/, "]q\0(h\0tq\x01a."),
    hostile("a set in itself", /contains itself/, OP.EMPTY_SET, "q\0(h\0", OP.ADDITEMS, STOP),
    hostile(
      "an OrderedDict in itself",
      /contains itself/,
      "ccollections\nOrderedDict\n)Rq\0Nh\0s.",
    ),
    hostile("a list as a key", /key of a dict/, "}]Ns."),
    hostile("a dict as a key", /key of a dict/, "}}Ns."),
    hostile("a list in a tuple as a key", /key of a dict/, "}]", OP.TUPLE1, "Ns."),
    hostile("NaN as a key", /NaN/, "}Fnan\nNs."),
    hostile("a class as a key", /key of a dict/, "}cnumpy\nndarray\nNs."),
    hostile("a key without a value", /key without a value/, "}(Nu."),
    hostile("a dict of three", /key without a value/, "(NNNd."),
    hostile("APPEND to a dict", /not a list/, "}Na."),
    hostile("SETITEM of a list", /not a dict/, "]NNs."),
    hostile("ADDITEMS to a list", /not a set/, "](N", OP.ADDITEMS, STOP),
    hostile("APPENDS without a mark", /mark is missing/, "]Ne."),
    hostile("TUPLE2 of one", /missing on the stack/, "N", OP.TUPLE2, STOP),
    hostile("POP below a mark", /missing on the stack/, "N(q\0."),
    hostile("values left over", /left over/, "NN."),
    hostile("two pickles in one file", /bytes follow the end/, "N.N."),
    hostile("unknown opcode", /0xff is not an opcode/, 0xff, STOP),
    hostile("protocol 6", /protocol 6 is unknown/, OP.PROTO, 6, "N."),
    hostile("a JPEG", /not an opcode/, [0xff, 0xd8, 0xff, 0xe0]),
    hostile(
      "a zip archive",
      /protocol|opcode|missing|ends early|malformed|outside/,
      "PK\x03\x04\n",
    ),
    hostile("text", /opcode|missing|ends early|memo/, "hello world\n"),
  ];
}

/** Invalid texts and numbers. */
function texts(): HostilePickle[] {
  const malformed = /malformed/;
  return [
    hostile("invalid UTF-8", /not valid UTF-8/, OP.SHORT_BINUNICODE, 2, [0xc3, 0x28], STOP),
    hostile("overlong UTF-8", /not valid UTF-8/, OP.SHORT_BINUNICODE, 2, [0xc0, 0x80], STOP),
    hostile("half a surrogate pair in UTF-8", /not valid UTF-8/, OP.SHORT_BINUNICODE, 3, [
      0xed,
      0xa0,
      0x80,
    ], STOP),
    hostile("half a surrogate pair in an escape", malformed, "V\\ud800\n."),
    hostile("a character beyond Unicode", malformed, "V\\U00110000\n."),
    hostile("half an escape", malformed, "V\\u12\n."),
    hostile("STRING without quotes", malformed, "Sabc\n."),
    hostile("STRING with one quote", malformed, "S'\n."),
    hostile("STRING that ends in a backslash", malformed, "S'\\'\n."),
    hostile("INT of letters", malformed, "Iabc\n."),
    hostile("INT in hexadecimal", malformed, "I0x10\n."),
    hostile("INT of nothing", malformed, "I\n."),
    hostile("FLOAT of letters", malformed, "Fabc\n."),
    hostile("FLOAT of nothing", malformed, "F\n."),
    hostile("bytes in another encoding", /unknown form/, "c_codecs\nencode\n(Vabc\nVzip\ntR."),
    hostile("bytes beyond Latin-1", /not Latin-1/, "c_codecs\nencode\n(V\\u0100\nVlatin1\ntR."),
  ];
}

/** Invalid dates. */
function dates(): HostilePickle[] {
  const malformed = /date is malformed/;
  const midnight = "\\x00\\x00\\x00\\x00\\x00\\x00";
  const stamp = "cpandas._libs.tslibs.timestamps\n_unpickle_timestamp\n(";
  return [
    hostile("a date of month 13", malformed, "cdatetime\ndate\n(S'\\x07\\xe4\\x0d\\x01'\ntR."),
    hostile("a date of year 0", malformed, "cdatetime\ndate\n(S'\\x00\\x00\\x01\\x01'\ntR."),
    hostile("a date of nothing", malformed, "cdatetime\ndate\n)R."),
    hostile("a date of numbers", malformed, "cdatetime\ndate\n(I2020\nI1\nI1\ntR."),
    hostile(
      "a moment of hour 99",
      malformed,
      "cdatetime\ndatetime\n(S'\\x07\\xe4\\x01\\x01\\x63\\x00\\x00\\x00\\x00\\x00'\ntR.",
    ),
    hostile(
      "a moment with a zone of text",
      malformed,
      `cdatetime\ndatetime\n(S'\\x07\\xe4\\x01\\x01${midnight}'\nS'UTC'\ntR.`,
    ),
    hostile("a timestamp of an unknown resolution", malformed, stamp, "I1\nNNI99\ntR."),
    hostile("a timestamp of text", malformed, stamp, "S'now'\nNNtR."),
    hostile("a timestamp beyond 64 bits", malformed, stamp, "L99999999999999999999L\nNNtR."),
    hostile("a timestamp with a zone of text", malformed, stamp, "I1\nNS'UTC'\ntR."),
  ];
}

/** Inconsistent arrays. */
function numpy(): HostilePickle[] {
  const f8 = dtype("f8", "(I3\nS'<'\nNNNI-1\nI-1\nI0\nt");
  const state = /unknown state/;
  const other = /does not match its data/;
  const impossible = /impossible shape/;
  return [
    hostile("array of a huge shape", impossible, array("(I9999999999\nt", f8, "I00\nS''\n")),
    hostile(
      "array of huge empty shape",
      impossible,
      array("(I9999999999\nI0\nt", f8, "I00\nS''\n"),
    ),
    hostile(
      "array of many axes",
      /impossible shape|levels deep/,
      array(`(${"I1\n".repeat(2000)}t`, f8, "I00\nS'12345678'\n"),
    ),
    hostile("array of a negative shape", impossible, array("(I-1\nt", f8, "I00\nS''\n")),
    hostile("array of a shape in floats", impossible, array("(F1.0\nt", f8, "I00\nS'12345678'\n")),
    hostile("array with too few bytes", other, array("(I2\nt", f8, "I00\nS'12345678'\n")),
    hostile("array with a list of bytes", other, array("(I1\nt", f8, "I00\n(I1\nl")),
    hostile(
      "array of elements of no size",
      other,
      array("(I5\nt", dtype("S0", "(I3\nS'|'\nNNNI0\nI1\nI0\nt"), "I00\nS''\n"),
    ),
    hostile("array without a type", /no element type/, array("(I1\nt", "N", "I00\nS'1'\n")),
    hostile(
      "array of a structured type",
      /structured/,
      array("(I1\nt", dtype("i4", "(I3\nS'<'\nN(S'a'\ntNI-1\nI-1\nI0\nt"), "I00\nS'1234'\n"),
    ),
    hostile("array of an unknown state", state, "cnumpy.core.multiarray\n_reconstruct\n)R(I7\ntb."),
    hostile(
      "array of long doubles",
      /"f16" is not supported/,
      "cnumpy\ndtype\n(S'f16'\nI0\nI1\ntR.",
    ),
    hostile(
      "array of complex numbers",
      /"c16" is not supported/,
      "cnumpy\ndtype\n(S'c16'\nI0\nI1\ntR.",
    ),
    hostile("type of no name", /of no name/, "cnumpy\ndtype\n)R."),
    hostile("type of an unknown state", state, "cnumpy\ndtype\n(S'f8'\nI0\nI1\ntR(I99\ntb."),
    hostile(
      "date without a unit",
      /no unit/,
      array("(I1\nt", "cnumpy\ndtype\n(S'M8'\nI0\nI1\ntR", "I00\nS'12345678'\n"),
    ),
    hostile(
      "date of an unknown unit",
      /unsupported unit/,
      "cnumpy\ndtype\n(S'M8'\nI0\nI1\ntR(I4\nS'<'\nNNNI-1\nI-1\nI0\n(}(S'as'\nI1\nI1\nI1\ntttb.",
    ),
    hostile(
      "scalar of too few bytes",
      /scalar is malformed/,
      "cnumpy.core.multiarray\nscalar\n(",
      f8,
      "S'123'\ntR.",
    ),
    hostile(
      "scalar of an object",
      /scalar is malformed/,
      "cnumpy.core.multiarray\nscalar\n(cnumpy\ndtype\n(S'O8'\nI0\nI1\ntRN",
      "tR.",
    ),
  ];
}

function hostile(name: string, refusal: RegExp, ...parts: Part[]): HostilePickle {
  return { name, refusal, bytes: join(parts) };
}

function join(parts: readonly Part[]): Uint8Array {
  const encoder = new TextEncoder();
  return joinBytes(
    parts.map((part) =>
      typeof part === "string" ? encoder.encode(part) : Uint8Array.from([part].flat())
    ),
  );
}

function repeat(part: Part, times: number): number[] {
  const one = [...join([part])];
  return Array.from({ length: times }, () => one).flat();
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, index) => [OP.BININT2, index & 0xff, index >> 8]).flat();
}

function text(value: string): number[] {
  const utf8 = new TextEncoder().encode(value);
  return [OP.SHORT_BINUNICODE, utf8.length, ...utf8];
}

function u32(value: number): number[] {
  return [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff);
}

function u64(value: bigint): number[] {
  return [0n, 8n, 16n, 24n, 32n, 40n, 48n, 56n].map((shift) => Number((value >> shift) & 0xffn));
}

/** A numpy type in protocol 0, with its state. */
function dtype(name: string, state: string): string {
  return `cnumpy\ndtype\n(S'${name}'\nI0\nI1\ntR${state}b`;
}

/** A numpy array in protocol 0: shape, type, order and data. */
function array(...state: string[]): string {
  return `cnumpy.core.multiarray\n_reconstruct\n)R(I1\n${state.join("")}tb.`;
}
