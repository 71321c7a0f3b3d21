// Builds warp/static/hub/ from this folder and govuk-frontend. Run by `npm run build`; Node is needed here only.
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import * as sass from "sass";

const here = new URL("./", import.meta.url);
const modules = new URL("../../node_modules/", here);
const out = new URL("../static/hub/", here);
const govukScript = "govuk-frontend/dist/govuk/govuk-frontend.min.js";

// WhiteNoise's manifest storage follows sourceMappingURL and stops where the map is missing.
const withoutSourceMap = (text) => text.replace(/\/[/*][#@]\s*sourceMappingURL=[^\n*]*(\*\/)?/g, "").trimEnd() + "\n";

const styles = () =>
  sass.compile(fileURLToPath(new URL("hub.scss", here)), {
    loadPaths: [fileURLToPath(modules)],
    quietDeps: true,
    style: "compressed",
  }).css;

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await writeFile(new URL("hub.css", out), withoutSourceMap(styles()));
await writeFile(
  new URL("govuk-frontend.min.js", out),
  withoutSourceMap(await readFile(new URL(govukScript, modules), "utf8")),
);
for (const name of ["supported.js", "hub.js", "keys.js", "favicon.svg"]) {
  await cp(new URL(name, here), new URL(name, out));
}
