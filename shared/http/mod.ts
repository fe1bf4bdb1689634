/**
 * Shared HTTP parts of the services.
 * @module
 */
export * from "./caller.ts";
export * from "./file_answer.ts";
export * from "./invalid_request.ts";
export * from "./json_body.ts";
export * from "./log.ts";
export * from "./prefer.ts";
export * from "./problem.ts";
export * from "./read_every.ts";
export * from "./service.ts";
export * from "./service_app.ts";
export * from "./service_client.ts";
export * from "./service_guard.ts";
export * from "./service_process.ts";
export * from "./truth_access.ts";
