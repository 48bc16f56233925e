// Bundles the front end into ../static/web and the fonts of prints into ../fonts (both ignored by git). Run once at set-up by build.py
import { copyFile, readFile, writeFile, mkdir, rm } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import path from "node:path";
import esbuild from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.join(here, "..", "static", "web");
const target = ["chrome105", "safari15.4", "firefox105"];

// "auto" follows the machine's setting: the night block of tokens.css is repeated under a media query,
// so that a theme needs no script and no page flashes.
const nightFollowsTheMachine = {
  name: "night",
  setup(build) {
    build.onLoad({ filter: /tokens\.css$/ }, async ({ path: file }) => {
      const css = await readFile(file, "utf8");
      const night = css.match(/:root\[data-theme="dark"\] \{([\s\S]*?)\n\}/);
      if (!night) throw new Error("tokens.css has no night block");
      const auto = `@media (prefers-color-scheme: dark) {\n:root[data-theme="auto"] {${night[1]}\n}\n}\n`;
      return { contents: css + auto, loader: "css" };
    });
  },
};

// One sprite of the icons that the pages name; icons.json maps our word to Tabler's file.
async function icons() {
  const chosen = JSON.parse(await readFile(path.join(here, "src", "icons.json"), "utf8"));
  const symbols = [];
  for (const [word, file] of Object.entries(chosen)) {
    const source = path.join(here, "node_modules", "@tabler", "icons", "icons", "outline", `${file}.svg`);
    const svg = await readFile(source, "utf8");
    const inner = svg.slice(svg.indexOf(">", svg.indexOf("<svg")) + 1, svg.lastIndexOf("</svg>"));
    symbols.push(`<symbol id="${word}" viewBox="0 0 24 24">${inner.replace(/\s+/g, " ").trim()}</symbol>`);
  }
  const sprite = `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join("")}</svg>\n`;
  await writeFile(path.join(out, "icons.svg"), sprite);
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
const shared = { bundle: true, minify: true, target, outdir: out, logLevel: "warning", legalComments: "none" };
await Promise.all([
  esbuild.build({ ...shared, entryPoints: [path.join(here, "src", "app.js"), path.join(here, "src", "chart.js"), path.join(here, "src", "screen.js"), path.join(here, "src", "field.js"), path.join(here, "src", "camera.js")], format: "esm" }),
  // A service worker that is no module starts on every phone; the server puts a line before it.
  esbuild.build({ ...shared, entryPoints: [path.join(here, "src", "field_worker.js")], format: "iife" }),
  esbuild.build({
    ...shared,
    entryPoints: [path.join(here, "src", "styles", "app.css"), path.join(here, "src", "styles", "screen.css")],
    outbase: path.join(here, "src", "styles"),
    loader: { ".svg": "dataurl" },
    plugins: [nightFollowsTheMachine],
  }),
  icons(),
]);
for (const file of ["mark.svg", "favicon.svg", "icon-192.png", "icon-512.png"]) {
  await copyFile(path.join(here, "src", file), path.join(out, file));
}
await copyFile(path.join(here, "node_modules", "zxing-wasm", "dist", "reader", "zxing_reader.wasm"), path.join(out, "zxing_reader.wasm"));

// The Chinese letters of what is printed: TrueType, of which a PDF embeds only the letters that it shows. Not served.
const fonts = path.join(here, "..", "fonts");
await mkdir(fonts, { recursive: true });
for (const weight of ["400Regular", "700Bold"]) {
  const file = `NotoSansSC_${weight}.ttf`;
  await copyFile(path.join(here, "node_modules", "@expo-google-fonts", "noto-sans-sc", weight, file), path.join(fonts, file));
}
