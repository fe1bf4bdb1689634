/**
 * Parser, usage and help come from one declaration of each command.
 * @module
 */
export * from "./command.ts";
export * from "./exit_codes.ts";
export * from "./help.ts";
export * from "./nearest.ts";
export * from "./parse.ts";
