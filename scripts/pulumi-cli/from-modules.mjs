import { chmodSync, copyFileSync, existsSync, rmSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { runLogged, SetupError } from "../setup/command.mjs";
import { cacheDirectory, ROOT } from "../setup/paths.mjs";
import { MINIMUM_VERSION, PINNED_VERSION } from "./version.mjs";

const GO_MINIMUM = "1.24.7";
const MODULES = fileURLToPath(new URL("./modules", import.meta.url));
const PARTS = [
  { name: "pulumi", module: "cli", package: "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi" },
  {
    name: "pulumi-language-nodejs",
    module: "language-host",
    package: "github.com/pulumi/pulumi/sdk/v3/nodejs/cmd/pulumi-language-nodejs",
  },
];
/** Without it the engine cannot start dynamic providers; the SDK's npm package brings it. */
const SHIM = "pulumi-resource-pulumi-nodejs";
const VERSION_VARIABLE = "github.com/pulumi/pulumi/sdk/v3/go/common/version.Version";

/**
 * @param {string} whyNeeded why Pulumi's installer did not do
 * @param {readonly string[]} folders where to look
 * @returns {string} the path of `go`
 */
export function findGo(whyNeeded, folders = goFolders()) {
  const found = folders.map((folder) => join(folder, "go")).find((file) => existsSync(file));
  if (found !== undefined) return found;
  throw new SetupError(
    [
      `There is no Pulumi CLI, and ${whyNeeded}.`,
      `Install one of these and run this again:`,
      `  - Pulumi ${MINIMUM_VERSION} or newer (https://www.pulumi.com/docs/install), on PATH`,
      `  - Go ${GO_MINIMUM} or newer (https://go.dev/dl), on PATH or in /usr/local/go: Pulumi is then built from its Go modules`,
    ].join("\n"),
  );
}

function goFolders() {
  return [...(process.env.PATH ?? "").split(delimiter), "/usr/local/go/bin"];
}

/**
 * Builds the CLI and its language host for Node from their published Go modules, exactly as the committed go.mod and
 * go.sum say. Downloads and compiled packages are kept until both are there, so that a further try goes on.
 *
 * @param {string} folder an existing folder; gets the executables
 * @param {(detail: string) => void} update
 * @param {string} go
 */
export async function buildFromModules(folder, update, go) {
  const work = join(cacheDirectory(), `pulumi-${PINNED_VERSION}.build`);
  for (const part of PARTS) await buildPart(part, { folder, work, update, go });
  copyFileSync(join(ROOT, "node_modules", "@pulumi", "pulumi", SHIM), join(folder, SHIM));
  chmodSync(join(folder, SHIM), 0o755);
  rmSync(work, { recursive: true, force: true });
}

async function buildPart(part, { folder, work, update, go }) {
  let downloaded = 0;
  let compiled = 0;
  const tell = () =>
    update(`building ${part.name} from Go modules, ${downloaded} downloaded, ${compiled} packages compiled`);
  tell();
  const flags = `-w -s -X ${VERSION_VARIABLE}=v${PINNED_VERSION}`;
  await runLogged(
    [
      go,
      "build",
      "-v",
      "-trimpath",
      "-mod=readonly",
      "-tags",
      "osusergo,grpcnotrace",
      "-ldflags",
      flags,
    ].concat("-o", join(folder, part.name), part.package),
    {
      cwd: join(MODULES, part.module),
      env: {
        ...process.env,
        CGO_ENABLED: "0",
        GOFLAGS: "-modcacherw -buildvcs=false",
        GOPATH: join(work, "path"),
        GOMODCACHE: join(work, "modules"),
        GOCACHE: join(work, "compiled"),
        GOWORK: "off",
      },
      log: `go-build-${part.name}`,
      onLine: (line) => {
        if (line.startsWith("go: downloading")) downloaded += 1;
        else compiled += 1;
        tell();
      },
    },
  );
}
