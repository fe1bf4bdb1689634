import type { RunEnd } from "./executor.ts";

/** The fields of `docker inspect`'s state that are read here. */
export interface ContainerState {
  readonly Status: string;
  readonly ExitCode: number;
  readonly OOMKilled: boolean;
  readonly Error: string;
}

/** Converts an ended container's state; `engineWasAway` tells whether the engine was unreachable meanwhile. */
export function endOf(state: ContainerState, engineWasAway = false): RunEnd {
  return {
    kind: "exited",
    exitCode: state.ExitCode,
    outOfMemory: state.OOMKilled,
    engineError: state.Error,
    engineWasAway,
  };
}
