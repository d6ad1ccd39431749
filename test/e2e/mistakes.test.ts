import { expect, it } from "vitest";
import { createAuthority } from "../../scripts/demo/certificate-authority";
import { freePort } from "../support/free-port";
import { describeUnless } from "../support/needs";
import { createPulumiProject, pulumiMissing } from "../support/pulumi-cli";

const DAY_MILLISECONDS = 24 * 60 * 60 * 1000;

describeUnless(pulumiMissing(), "five mistakes in one program, through the real CLI", () => {
  it("are all reported by one preview, each with its resource and property, and no secret", async () => {
    const project = await createPulumiProject("mistakes");
    const authority = await createAuthority();
    const names = ["www.example.test"];
    const good = await authority.issue({ names });
    const other = await authority.issue({ names });
    const expired = await authority.issue({
      names,
      notBefore: new Date(Date.now() - 2 * DAY_MILLISECONDS),
      notAfter: new Date(Date.now() - DAY_MILLISECONDS),
    });
    project.configure({
      stateDir: project.stateDir,
      listenerPort: await freePort(),
      mismatched: { cert: good.chainPem, key: other.keyPem },
      expired: { cert: expired.chainPem, key: expired.keyPem },
    });
    const { output } = await project.fail("preview");
    for (const mistake of [
      /certificate "?mismatched"?.*key/i,
      /certificate "?expired"?.*expired/i,
      /servers\[0\]\.weight/,
      /securityPolicyId/,
      /listenerPort/,
    ]) {
      expect(output).toMatch(mistake);
    }
    for (const { keyPem } of [good, other, expired]) {
      expect(output).not.toContain(keyPem.split("\n")[1]);
    }
  });
});
