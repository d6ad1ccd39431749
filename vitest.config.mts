import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

// One instance of the contract for sources and tests alike, and no build needed for unit tests.
const alias = {
  "tls-offload-agent/client": here("./proxy-agent/http/client.ts"),
  "tls-offload-agent/contract": here("./proxy-agent/contract/index.ts"),
  "pulumi-tls-offload": here("./provider/index.ts"),
};

interface Project {
  readonly resolve: object;
  readonly test: object;
}

const project = (name: string, testTimeout: number): Project => ({
  resolve: { alias },
  test: { name, include: [`test/${name}/**/*.test.ts`], testTimeout, hookTimeout: testTimeout },
});

/** Its tests wait for deadlines most of the time, and have addresses of their own: two files at once. */
const waiting = ({ test, ...rest }: Project): Project => ({
  ...rest,
  test: { ...test, maxWorkers: 2, sequence: { groupOrder: 1 } },
});

export default defineConfig({
  test: {
    projects: [
      project("unit", 30_000),
      waiting(project("engine", 120_000)),
      project("interop", 120_000),
      project("blackbox", 120_000),
      project("e2e", 600_000),
      project("hosts", 600_000),
      { resolve: { alias }, test: { name: "bench", include: ["bench/**/*.bench.ts"], hookTimeout: 600_000 } },
    ],
  },
});
