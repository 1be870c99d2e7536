// Judges the pages, and the Markdown, by programs that others wrote.
//
//     node pages.mjs REPORTS CHROMIUM
//
// Every page is checked by the HTML checker of the W3C. Pages of hostile text are opened without the page's own
// protection, and with a trap that any script of theirs would spring. Accessibility is judged in light and dark, narrow
// and wide, for one account and for a thousand.

import assert from "node:assert";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(path.join(process.cwd(), "x.js"));
const puppeteer = require("puppeteer-core");
const MarkdownIt = require("markdown-it");
const axe = fs.readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const jar = path.join(path.dirname(require.resolve("vnu-jar/package.json")), "build/dist/vnu.jar");

// The page of a thousand accounts opens in a second. A busy machine is given more. Unit: milliseconds.
const OPEN = 2000;

// Most of the time that a page of as many paragraphs and bytes takes in the same run.
const OF_PLAIN = 0.5;

// Most elements and bytes of an account, on average.
const ELEMENTS = 80;
const BYTES = 3500;

const [reports, chromium] = process.argv.slice(2);
const files = fs.readdirSync(reports).sort();
const ending = (end) => files.filter((file) => file.endsWith(end)).map((file) => path.resolve(reports, file));
const pages = ending(".html");
assert(pages.length > 50);

checkMarkup();
checkMarkdown();
await checkInBrowser();

function checkMarkup() {
  const small = pages.filter((page) => !page.includes("fleet-"));
  // The program writes its findings to standard error.
  const check = (list) => {
    const out = path.join(reports, "vnu.json");
    execFileSync("sh", ["-c", 'out="$1"; shift; java -Xss4m -jar "$@" 2>"$out"', "sh", out, jar, "--exit-zero-always", "--format", "json", ...list]);
    const found = JSON.parse(fs.readFileSync(out, "utf8")).messages;
    // It does not compute the digests by which the policy of the page lets its style and script through.
    return found.filter((it) => !/violates Content Security Policy/.test(it.message));
  };
  const broken = path.join(reports, "broken.html");
  fs.writeFileSync(broken, fs.readFileSync(small[0], "utf8").replace("</main>", "</div>"));
  assert(check([broken]).length > 0, "a broken page is taken");
  fs.rmSync(broken);
  const found = check(small);
  assert.deepStrictEqual(found, []);
  console.log(`HTML checker: ${small.length} pages`);
}

function checkMarkdown() {
  const markdown = new MarkdownIt({ html: true, linkify: true });
  const hostile = ending(".md").filter((file) => path.basename(file).startsWith("hostile-"));
  assert(hostile.length > 40);
  for (const file of hostile) {
    const page = markdown.render(fs.readFileSync(file, "utf8"));
    const outside = page.replace(/<code>[^<]*<\/code>/g, "").replace(/^<!-- export-iam drift -->\n/, "");
    const tags = new Set([...outside.matchAll(/<\/?([a-z0-9!-]+)/g)].map((tag) => tag[1]));
    for (const tag of tags) {
      const known = ["h2", "h3", "p", "ul", "li", "strong", "table", "thead", "tbody", "tr", "th", "td"];
      assert(known.includes(tag), `${file}: <${tag}>`);
    }
    assert(!/@everyone|https?:|<a /.test(outside), `${file}: ${outside}`);
  }
  console.log(`Markdown: ${hostile.length} hostile reports`);
}

async function checkInBrowser() {
  const judge = async (judges, ...args) => {
    const browser = await puppeteer.launch({ executablePath: chromium, args: ["--no-sandbox", ...args] });
    try {
      for (const judged of judges) await judged(browser);
    } finally {
      await browser.close();
    }
  };
  await judge([springNoTrap, judgeAccess, openThousand]);
  // As with a screen reader: what is out of sight is in the accessibility tree.
  await judge([needNoScript], "--force-renderer-accessibility");
}

async function trapped(browser, file, bypass) {
  const page = await browser.newPage();
  const sprung = [];
  await page.exposeFunction("trap", (what) => sprung.push(String(what)));
  await page.evaluateOnNewDocument(() => {
    globalThis.alert = () => globalThis.trap("alert");
  });
  page.on("dialog", async (dialog) => {
    sprung.push("dialog");
    await dialog.dismiss();
  });
  page.on("request", (request) => {
    if (!request.url().startsWith("file:")) sprung.push(request.url());
  });
  await page.setBypassCSP(bypass);
  await page.goto("file://" + file);
  await page.evaluate(() => document.querySelectorAll("*").forEach((it) => {
    it.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
  }));
  const scripts = await page.evaluate(() => document.scripts.length);
  await page.close();
  return { sprung, scripts };
}

async function springNoTrap(browser) {
  const hostile = pages.filter((page) => path.basename(page).startsWith("hostile-"));
  assert(hostile.length > 40);
  for (const file of hostile) {
    const { sprung, scripts } = await trapped(browser, file, true);
    assert.deepStrictEqual(sprung, [], file);
    assert.strictEqual(scripts, 1, file);
  }
  // The trap works; and where text got out of its place, the page's own policy still holds.
  const broken = path.resolve(reports, "sprung.html");
  const text = fs.readFileSync(hostile[0], "utf8").replace("<main>", "<main><img src=x onerror=\"trap('sprung')\">");
  fs.writeFileSync(broken, text);
  assert((await trapped(browser, broken, true)).sprung.length > 0, "the trap does not work");
  assert.deepStrictEqual((await trapped(browser, broken, false)).sprung.filter((it) => it === "sprung"), []);
  fs.rmSync(broken);
  console.log(`Chromium: nothing of ${hostile.length} hostile pages runs or loads`);
}

async function judgeAccess(browser) {
  const of = (name) => pages.find((page) => path.basename(page).startsWith(name));
  const chosen = ["mends-everything-at-once-drift", "mends-everything-at-once-plan", "plans-nothing-for-an-empty-spec-drift", "hostile-drift", "fleet-1000"];
  let judged = 0;
  for (const file of chosen.map(of)) {
    for (const scheme of ["light", "dark"]) {
      for (const width of [360, 1280]) {
        const is_fleet = file.includes("fleet-");
        // A thousand accounts repeat a few; one look at them is enough.
        if (is_fleet && (scheme === "dark" || width === 360)) continue;
        const page = await browser.newPage();
        await page.setBypassCSP(true);
        await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
        await page.setViewport({ width, height: 900 });
        await page.goto("file://" + file);
        await page.evaluate(axe);
        const context = is_fleet ? { include: ["header", "#accounts", "#account-1"] } : undefined;
        const found = await page.evaluate((context) => globalThis.axe.run(context ?? document, { resultTypes: ["violations"] }), context);
        const violations = found.violations.map((it) => `${it.id}: ${it.nodes[0].html} ${it.nodes[0].failureSummary}`);
        assert.deepStrictEqual(violations, [], `${file} ${scheme} ${width}`);
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert(overflow <= 0, `${file} is ${overflow} pixels wider than a window of ${width}`);
        await page.close();
        judged += 1;
      }
    }
  }
  console.log(`axe: ${judged} pages`);
}

// How long a page takes to load and to show something. Unit: milliseconds.
async function opened(browser, file) {
  const page = await browser.newPage();
  await page.goto("file://" + file, { waitUntil: "load" });
  const times = await page.evaluate(async () => {
    const paint = () => performance.getEntriesByName("first-contentful-paint")[0];
    while (!paint()) await new Promise((later) => setTimeout(later, 5));
    return [performance.getEntriesByType("navigation")[0].loadEventEnd, paint().startTime];
  });
  await page.close();
  return Math.max(...times);
}

async function openThousand(browser) {
  const file = pages.find((page) => path.basename(page).startsWith("fleet-1000"));
  const page = await browser.newPage();
  await page.goto("file://" + file);
  const elements = await page.evaluate(() => document.querySelectorAll("*").length);
  const bytes = fs.statSync(file).size;
  const plain = path.resolve(reports, "plain.html");
  const text = "x ".repeat(Math.floor((bytes / elements - "<p></p>".length) / 2));
  fs.writeFileSync(plain, "<!doctype html><title>plain</title>" + `<p>${text}</p>`.repeat(elements));
  const times = { page: [], plain: [] };
  for (let turn = 0; turn < 5; turn += 1) {
    times.page.push(await opened(browser, file));
    times.plain.push(await opened(browser, plain));
  }
  fs.rmSync(plain);
  const median = (all) => Math.round(all.sort((a, b) => a - b)[2]);
  const [took, floor] = [median(times.page), median(times.plain)];
  console.log(`a page of 1,000 accounts (${bytes} bytes, ${elements} elements) opens in ${took} ms, one of plain paragraphs in ${floor} ms`);
  assert(took <= OPEN && took <= OF_PLAIN * floor, `it takes ${took} ms to open`);
  assert(elements <= 1000 * ELEMENTS, `an account has ${elements / 1000} elements`);
  assert(bytes <= 1000 * BYTES, `an account has ${bytes / 1000} bytes`);

  assert.strictEqual(await page.$$eval("#accounts tbody tr", (rows) => rows.length), 1000);
  await page.type("#text", "account-0007");
  assert.strictEqual(await page.$$eval("#accounts tbody tr:not([hidden])", (rows) => rows.length), 1);
  assert.strictEqual(await page.$eval("#count", (it) => it.textContent), "1 of 1000 accounts shown");
  await page.close();
}

// Without its script the page has every account, and the table is a table, whatever its rows are laid out as.
async function needNoScript(browser) {
  const page = await browser.newPage();
  await page.setJavaScriptEnabled(false);
  await page.goto("file://" + pages.find((page) => path.basename(page).startsWith("fleet-1000")));
  const client = await page.createCDPSession();
  const { nodes } = await client.send("Accessibility.getFullAXTree");
  const named = new Map(nodes.map((node) => [node.nodeId, node]));
  const role = (node) => node.role?.value;
  const below = (node, wanted) => (node.childIds ?? []).flatMap((id) => {
    const child = named.get(id);
    return role(child) === wanted ? [child] : below(child, wanted);
  });
  const rows = below(nodes.find((node) => role(node) === "table"), "row");
  assert.strictEqual(rows.length, 1001);
  assert.strictEqual(below(rows[0], "columnheader").length, 9);
  for (const row of rows.slice(1)) {
    assert.strictEqual(below(row, "rowheader").length, 1);
    assert.strictEqual(below(row, "cell").length + below(row, "gridcell").length, 8);
  }
  const sections = await page.evaluate(() => document.querySelectorAll("section.account").length);
  const headings = nodes.filter((node) => role(node) === "heading" && node.name.value.startsWith("account-"));
  assert(sections > 500 && headings.length === sections, `${headings.length} headings of ${sections} sections`);
  const names = rows.map((row) => below(row, "rowheader")[0]?.name?.value);
  assert(names.some((name) => name?.startsWith("account-0999")), "an account is not in the table");
  await page.close();
}
