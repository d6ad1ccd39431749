import { expect, it } from "vitest";
import { toldApart } from "../../../../provider/transport/told-apart";

const OWN = { version: "0.1.0", sha256: "9f8e7d6c5b4a" };

it("an agent that gives way is not called what its successor is called", () => {
  const there = { agentVersion: "0.1.0", bundleSha256: "1a2b3c4d5e6f" };
  expect(toldApart(there, OWN)).toEqual(["0.1.0+1a2b3c4d", "0.1.0+9f8e7d6c"]);
  expect(toldApart({ ...there, agentVersion: "0.0.9" }, OWN)).toEqual(["0.0.9", "0.1.0"]);
});
