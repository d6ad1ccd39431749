const REPEAT_MILLISECONDS = 10_000;
const REDRAW_MILLISECONDS = 1_000;

/**
 * One step of the set-up, on one line: what, how far, how long. A terminal sees the line move; a log gets a line
 * every ten seconds. Steps that take less than a second on a terminal leave one line all the same.
 *
 * @template Result
 * @param {string} title
 * @param {(update: (detail: string) => void) => Promise<Result | string>} work a text that it resolves to is shown
 * @returns {Promise<Result | string>}
 */
export async function step(title, work) {
  const started = Date.now();
  const out = process.stderr;
  let detail = "";
  const seconds = () => `${((Date.now() - started) / 1000).toFixed(1)} s`;
  const redraw = () => {
    const line = `  … ${title}${detail === "" ? "" : `: ${detail}`} (${seconds()})`;
    out.write(out.isTTY ? `\r\x1b[2K${line.slice(0, (out.columns ?? 80) - 1)}` : `${line}\n`);
  };
  const timer = setInterval(redraw, out.isTTY ? REDRAW_MILLISECONDS : REPEAT_MILLISECONDS);
  const finish = (mark, text) => {
    clearInterval(timer);
    out.write(`${out.isTTY ? "\r\x1b[2K" : ""}  ${mark} ${text}\n`);
  };
  try {
    if (out.isTTY) redraw();
    const result = await work((text) => (detail = text));
    finish("✓", `${title}${typeof result === "string" ? `: ${result}` : ""} (${seconds()})`);
    return result;
  } catch (error) {
    finish("✗", `${title} (${seconds()})`);
    throw error;
  }
}
