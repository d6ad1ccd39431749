import { expect, it } from "vitest";
import { checkPlatform } from "../../../scripts/setup/platform.mjs";

it.each(["18.20.4", "20.18.3"])(
  "Node %s is refused with what to do, not with a syntax error later",
  (version) => {
    expect(() => {
      checkPlatform("linux", version);
    }).toThrow(/needs Node 20\.19 or newer.*Install/);
  },
);

it.each(["20.19.0", "22.0.0", "24.21.0"])("Node %s will do", (version) => {
  expect(() => {
    checkPlatform("linux", version);
  }).not.toThrow();
});

it("another system than Linux is refused at once", () => {
  expect(() => {
    checkPlatform("darwin", "24.0.0");
  }).toThrow(/runs on Linux/);
});
