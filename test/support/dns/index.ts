export { bindMissing, startBind } from "./bind";
export { knotMissing, startKnot } from "./knot";
export { newKey, type DnsPrimary, type PrimarySettings, type TsigAlgorithm, type TsigKey } from "./primary";
