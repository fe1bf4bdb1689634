/**
 * How commands are called: one declaration of each, from which parser, usage and help come.
 *
 * @module
 */
export * from "./command.ts";
export * from "./exit_codes.ts";
export * from "./help.ts";
export * from "./nearest.ts";
export * from "./parse.ts";
