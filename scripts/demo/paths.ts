import { join, resolve } from "node:path";

/** The root of the working copy; compiled, this file is scripts/dist/demo/paths.js. */
export const ROOT = resolve(__dirname, "..", "..", "..");

const inDemo = (...names: string[]): string => join(ROOT, ".demo", ...names);

/** Everything that the demo writes. `npm stop` removes the folder. */
export const DEMO = {
  folder: inDemo(),
  authority: inDemo("ca.pem"),
  authorityKey: inDemo("ca-key.pem"),
  certificate: inDemo("certificate.pem"),
  key: inDemo("certificate-key.pem"),
  /** The agent's state directory. */
  agent: inDemo("agent"),
  passphrase: inDemo("passphrase"),
  /** Pulumi's state backend, its home, and the settings of the demo's stack. */
  state: inDemo("state"),
  pulumiHome: inDemo("pulumi-home"),
  settings: inDemo("Pulumi.demo.yaml"),
} as const;
