import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { expect, test } from "vitest";
import { quoted, shellCommand } from "../../../../../provider/transport/ssh/shell";

test("no text, whatever is in it, is more than one word for a shell", () => {
  const texts = fc.array(
    fc.string({ unit: "binary", maxLength: 40 }).map((text) => text.replaceAll("\0", "")),
    {
      minLength: 1,
      maxLength: 5,
    },
  );
  fc.assert(
    fc.property(texts, (words) => {
      const out = execFileSync("sh", ["-c", `printf '%s\\0' ${words.map(quoted).join(" ")}`]);
      expect(out.toString("utf8").split("\0").slice(0, -1)).toEqual(words);
    }),
    { numRuns: 25 },
  );
});

test("a script arrives in the shell as it was written, however often it is handed on", () => {
  const script = `a="it's \\"here\\""; echo "$a" '$HOME' "$(echo \`echo x\`)"`;
  const direct = execFileSync("sh", ["-c", script]).toString();
  expect(execFileSync("sh", ["-c", shellCommand(shellCommand(script))]).toString()).toBe(direct);
});
