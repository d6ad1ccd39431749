export { DeploymentError, MiniEngine, type Deployed, type MiniEngineOptions } from "./mini-engine";
export type { Declaration } from "./declarations";
export type { Program } from "./program";
export { EngineServer } from "./engine-server";
export { ProviderProcess } from "./provider-process";
export { secretPathsOf, visibleText, type ResourceState, type Snapshot } from "./state";
export { plainProperties, UNKNOWN, type Properties, type Value } from "./values";
