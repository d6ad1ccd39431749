import { join } from "node:path";
import { build } from "esbuild";

/** The agent of the sources as they are, in one file in `directory`. Answers its path. */
export async function bundleAgent(directory: string): Promise<string> {
  const outfile = join(directory, "agent.cjs");
  await build({
    entryPoints: [join(__dirname, "../../proxy-agent/main.ts")],
    bundle: true,
    platform: "node",
    target: "node20",
    format: "cjs",
    logLevel: "error",
    outfile,
  });
  return outfile;
}
