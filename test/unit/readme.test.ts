import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, it, onTestFinished } from "vitest";

const WORKSPACE = resolve(__dirname, "..", "..");

it("the README's program compiles as it stands, so that the first thing a stranger copies works", () => {
  const program = /```ts\n([^]*?)```/.exec(readFileSync(join(WORKSPACE, "README.md"), "utf8"))?.[1] ?? "";
  // Inside the workspace, so that the compiler finds the packages.
  const folder = mkdtempSync(join(WORKSPACE, "node_modules", ".readme-"));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  writeFileSync(join(folder, "index.ts"), program);
  const compilerOptions = {
    target: "es2023",
    module: "nodenext",
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ["node"],
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["index.ts"] }));
  const typescript = join(WORKSPACE, "node_modules", "typescript", "bin", "tsc");
  expect(program).toContain("new offload.TcpSslListener");
  expect(() =>
    execFileSync(process.execPath, [typescript, "-p", folder], { encoding: "utf8", stdio: "pipe" }),
  ).not.toThrow();
});
