import { expect, test } from "vitest";
import { FILES, read } from "./checkout";

interface Manifest {
  readonly name: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

const manifests = FILES.filter((path) => /(^|\/)package\.json$/.test(path)).map(
  (path) => [path, JSON.parse(read(path)) as Manifest] as const,
);

const dependencies = manifests.flatMap(([path, { dependencies: run, devDependencies: development }]) =>
  Object.entries({ ...run, ...development }).map(([name, version]) => ({ path, name, version })),
);

test("an install next year gets the versions of today", () => {
  const loose = dependencies.filter(({ version }) => !/^\d+\.\d+\.\d+$/.test(version));
  expect(loose).toEqual([]);
});

test("the lockfile installs from whatever registry a person uses", () => {
  expect(read("package-lock.json")).not.toMatch(/"resolved": "https?:/);
});

test("docs/dependencies.md says of each dependency why it is there", () => {
  const page = read("docs/dependencies.md");
  const own = manifests.map(([, { name }]) => name);
  const unexplained = dependencies.filter(({ name }) => !own.includes(name) && !page.includes(`\`${name}\``));
  expect(unexplained.map(({ path, name }) => `${path}: ${name}`)).toEqual([]);
});
