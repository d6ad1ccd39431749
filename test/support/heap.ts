import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** Bytes of JavaScript objects and buffers that are still in use. */
export function bytesInUse(): number {
  setFlagsFromString("--expose-gc");
  const collect = runInNewContext("gc") as () => void;
  collect();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
