export { bindMissing, startBind } from "./bind";
export { knotMissing, startKnot } from "./knot";
export { newKey, type DnsPrimary, type TsigKey } from "./primary";
