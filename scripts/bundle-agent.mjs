// Makes the one file that runs on hosts: proxy-agent/dist/agent.cjs, with everything in it.
import { renameSync, rmSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** It is uploaded to every host: a dependency that doubles it should not come in unnoticed. */
const BUDGET_BYTES = 600_000;

const at = (path) => fileURLToPath(new URL(`../proxy-agent/${path}`, import.meta.url));
const outfile = at("dist/agent.cjs");
// Several test runs may bundle at once: each writes a file of its own, and the rename is atomic.
const temporary = `${outfile}.${process.pid}`;

/** A third of it would be zod's error messages in fifty languages, of which the agent speaks one. */
const withoutLocales = {
  name: "without-locales",
  setup: ({ onLoad }) => {
    onLoad({ filter: /zod\/v4\/locales\// }, ({ path }) =>
      /\/(en|index)\.\w+$/.test(path) ? undefined : { contents: "export default {};" },
    );
  },
};

const { metafile } = await build({
  entryPoints: [at("main.ts")],
  outfile: temporary,
  bundle: true,
  platform: "node",
  format: "cjs",
  target: "node20",
  // Names stay as they are, so that a stack in the log can be read.
  minifyWhitespace: true,
  minifySyntax: true,
  // What Node says of a mistake shows the line where it is, which is to leave room for what went wrong.
  lineLimit: 120,
  metafile: true,
  plugins: [withoutLocales],
  logLevel: "warning",
});
const [output] = Object.values(metafile.outputs);
if (output.bytes > BUDGET_BYTES) {
  rmSync(temporary);
  const largest = Object.entries(output.inputs).sort(([, a], [, b]) => b.bytesInOutput - a.bytesInOutput);
  const lines = largest.slice(0, 10).map(([file, { bytesInOutput }]) => `  ${bytesInOutput} ${file}`);
  throw new Error(
    `the agent has ${output.bytes} bytes, over its budget of ${BUDGET_BYTES}:\n${lines.join("\n")}`,
  );
}
renameSync(temporary, outfile);
console.log(`proxy-agent/dist/agent.cjs: ${output.bytes} bytes`);
