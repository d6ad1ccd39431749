import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { AGENT_VERSION } from "../../../../proxy-agent/process/version";

it("says the version of the package", () => {
  expect(JSON.parse(readFileSync("proxy-agent/package.json", "utf8"))).toMatchObject({
    version: AGENT_VERSION,
  });
});
