// Takes pictures of a page of measurements in light, dark and at a phone's width, whole or one section:
// `node scripts/report-shots.mjs report.html FOLDER [SECTION]` writes FOLDER/report-light.png and so on.
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";

const [page = "report.html", folder = ".", section] = process.argv.slice(2);
const looks = {
  light: { viewport: { width: 1200, height: 1000 }, colorScheme: "light" },
  dark: { viewport: { width: 1200, height: 1000 }, colorScheme: "dark" },
  phone: { viewport: { width: 390, height: 844 }, deviceScaleFactor: 2 },
};
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox"],
});
for (const [name, look] of Object.entries(looks)) {
  const tab = await browser.newPage(look);
  await tab.goto(pathToFileURL(resolve(page)).href);
  const path = join(folder, `report-${section ?? "top"}-${name}.png`);
  await (section === undefined ? tab : tab.locator(`#${section}`)).screenshot({ path });
}
await browser.close();
