import type { RunEnd } from "./executor.ts";

/** What `docker inspect` tells of a container that is asked for here. */
export interface ContainerState {
  readonly Status: string;
  readonly ExitCode: number;
  readonly OOMKilled: boolean;
  readonly Error: string;
}

/**
 * @param state of a container that has ended
 * @param engineWasAway whether the engine could not be reached while it was followed
 */
export function endOf(state: ContainerState, engineWasAway = false): RunEnd {
  return {
    kind: "exited",
    exitCode: state.ExitCode,
    outOfMemory: state.OOMKilled,
    engineError: state.Error,
    engineWasAway,
  };
}
