import { expect, it } from "vitest";
import { visit } from "../../scripts/demo/visit";
import { describeUnless } from "../support/needs";
import { pulumiMissing } from "../support/pulumi-cli";
import { createSite, SITE_NAME } from "./site";

const MOMENTS = [
  /LoadBalancer web (creating|created)/,
  /LoadBalancer web created/,
  /TcpSslListener listener creating/,
];

describeUnless(pulumiMissing(), "an `up` that is interrupted, through the real CLI", () => {
  it.each(MOMENTS)("with Ctrl-C at %s is simply run again", async (moment) => {
    const on = await createSite();
    const running = on.project.start("up", "--yes", "--skip-preview");
    await running.saw(moment);
    running.process.kill("SIGINT");
    expect((await running.done).code).not.toBe(0);
    await on.project.up();
    await visit(SITE_NAME, "127.0.0.1", on.site.listenerPort, on.authority.certPem);
    await on.project.preview("--refresh", "--expect-no-changes");
    await on.project.destroy();
  });

  it.each(MOMENTS)(
    "with SIGKILL at %s is run again after the `pulumi cancel` that Pulumi asks for",
    async (moment) => {
      const on = await createSite();
      const running = on.project.start("up", "--yes", "--skip-preview");
      await running.saw(moment);
      running.process.kill("SIGKILL");
      await running.done;
      await on.project.run("cancel", "--yes");
      await on.project.up();
      await visit(SITE_NAME, "127.0.0.1", on.site.listenerPort, on.authority.certPem);
      await on.project.preview("--refresh", "--expect-no-changes");
      await on.project.destroy();
    },
  );
});
