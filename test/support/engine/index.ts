export {
  MiniEngine,
  DeploymentError,
  type Deployed,
  type MiniEngineOptions,
  type UpOptions,
} from "./mini-engine";
export type { Declaration } from "./declarations";
export type { LogLine } from "./engine-server";
export type { Program } from "./program";
export { EngineServer } from "./engine-server";
export { InitFailure, ProviderProcess, type Diff } from "./provider-process";
export { secretPathsOf, visibleText, EMPTY_SNAPSHOT, type ResourceState, type Snapshot } from "./state";
export type { Kill, Operation, Step } from "./step";
export * from "./values";
