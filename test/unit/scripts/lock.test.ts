import { spawn } from "node:child_process";
import { once } from "node:events";
import { pathToFileURL } from "node:url";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { exclusively } from "../../../scripts/setup/lock.mjs";
import { trackProcess } from "../../support/workspace";

const MODULE = pathToFileURL(resolve(__dirname, "../../../scripts/setup/lock.mjs")).href;

it("two set-ups at once work one after the other, so that neither breaks what the other builds", async () => {
  const name = `one-after-the-other-${process.pid}`;
  let inside = 0;
  let most = 0;
  const work = async (): Promise<void> => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise((settle) => setTimeout(settle, 20));
    inside -= 1;
  };
  await Promise.all([1, 2, 3].map(() => exclusively(name, {}, work)));
  expect(most).toBe(1);
});

it("a set-up that was killed does not keep the next one waiting for ever", async () => {
  const name = `killed-${process.pid}`;
  const code = `import(${JSON.stringify(MODULE)}).then((lock) => lock.exclusively(${JSON.stringify(name)}, {}, () => {
    console.log("inside");
    return new Promise((settle) => setTimeout(settle, 60_000));
  }))`;
  const holder = spawn(process.execPath, ["-e", code], { stdio: ["ignore", "pipe", "inherit"] });
  trackProcess(holder);
  await once(holder.stdout, "data");
  let waited = 0;
  const next = exclusively(
    name,
    {
      onWait: () => {
        waited += 1;
        holder.kill("SIGKILL");
      },
    },
    () => Promise.resolve("mine"),
  );
  expect(await next).toBe("mine");
  expect(waited).toBeGreaterThan(0);
});
