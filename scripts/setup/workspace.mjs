import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { runLogged } from "./command.mjs";
import { ROOT } from "./paths.mjs";
import { step } from "./progress.mjs";

const INSTALLED_STAMP = join(ROOT, "node_modules", ".installed-lockfile");
const BUILT_STAMP = join(ROOT, "scripts", "dist", ".built-sources");
const BUILT_FILES = ["provider/dist/index.js", "proxy-agent/dist/agent.cjs", "scripts/dist/demo/main.js"];
const SOURCE_FOLDERS = ["proxy-agent", "provider", "scripts"];

/** `npm ci`, unless node_modules was installed from this very lockfile by this Node's major version. */
export async function installDependencies() {
  const wanted = lockfileHash();
  if (readStamp(INSTALLED_STAMP) === wanted) return;
  await step("Install dependencies from the lockfile", async () => {
    rmSync(INSTALLED_STAMP, { force: true });
    await runLogged(["npm", "ci", "--include=dev", "--no-audit", "--no-fund"], { cwd: ROOT, log: "npm-ci" });
    writeFileSync(INSTALLED_STAMP, wanted);
  });
}

/** Compiles and bundles, unless no source changed since. */
export async function build() {
  const wanted = sourcesHash();
  if (readStamp(BUILT_STAMP) === wanted && BUILT_FILES.every((file) => existsSync(join(ROOT, file)))) return;
  await step("Build provider and agent", async () => {
    rmSync(BUILT_STAMP, { force: true });
    const typescript = join(ROOT, "node_modules", "typescript", "bin", "tsc");
    await runLogged([process.execPath, typescript, "-b"], { cwd: ROOT, log: "tsc" });
    await runLogged([process.execPath, "scripts/bundle-agent.mjs"], { cwd: ROOT, log: "bundle" });
    mkdirSync(join(ROOT, "scripts", "dist"), { recursive: true });
    writeFileSync(BUILT_STAMP, wanted);
  });
}

function lockfileHash() {
  const hash = createHash("sha256").update(readFileSync(join(ROOT, "package-lock.json")));
  return hash.update(process.versions.modules).digest("hex");
}

/** Of names, sizes and times only: quick, and a false alarm costs no more than an incremental build. */
function sourcesHash() {
  const hash = createHash("sha256").update(lockfileHash());
  for (const file of ["tsconfig.json", "tsconfig.base.json", ...SOURCE_FOLDERS.flatMap(sourcesIn)].sort()) {
    const { size, mtimeMs } = statSync(join(ROOT, file));
    hash.update(`${file} ${size} ${mtimeMs}\n`);
  }
  return hash.digest("hex");
}

function sourcesIn(folder) {
  return readdirSync(join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return ["dist", "node_modules"].includes(entry.name) ? [] : sourcesIn(path);
    return /\.(ts|mjs|json)$/.test(entry.name) ? [path] : [];
  });
}

function readStamp(file) {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}
