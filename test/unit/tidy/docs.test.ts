import { dirname, join, normalize } from "node:path";
import { expect, test } from "vitest";
import { GENERATED_PAGES } from "../../../scripts/docs/pages";
import { exists, FILES, read } from "./checkout";

test.each(Object.entries(GENERATED_PAGES))(
  "%s says what the sources say (npm run docs)",
  async (path, page) => {
    expect(read(path)).toBe(await page());
  },
);

test("every link between pages leads somewhere", () => {
  const pages = FILES.filter((path) => path.endsWith(".md"));
  const broken = pages.flatMap((page) =>
    relativeLinks(read(page))
      .filter(([path, anchor]) => !leads(path === "" ? page : normalize(join(dirname(page), path)), anchor))
      .map((link) => `${page}: ${link.join("#")}`),
  );
  expect(broken).toEqual([]);
});

/** [path, anchor] of the links that do not leave the checkout. */
function relativeLinks(markdown: string): [string, string][] {
  const text = markdown.replaceAll(/```[\s\S]*?```/g, "");
  return [...text.matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = ""]) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = "", anchor = ""] = target.split("#");
      return [path, anchor];
    });
}

function leads(path: string, anchor: string): boolean {
  if (!exists(path)) return false;
  if (anchor === "" || !path.endsWith(".md")) return true;
  return [...read(path).matchAll(/^#+ (.+)$/gm)].some(([, heading = ""]) => slugOf(heading) === anchor);
}

/** As GitHub makes anchors of headings. */
function slugOf(heading: string): string {
  return heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
    .trim()
    .replaceAll(" ", "-");
}
