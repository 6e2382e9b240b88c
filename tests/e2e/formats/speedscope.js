// Imports profiles as speedscope (npm) does, by the code of its page, which is not there, and prints a line a profile: file, name,
// total, and the names of its frames: speedscope.js FILE...
const fs = require("fs"), path = require("path"), vm = require("vm");
const folder = path.join(path.dirname(require.resolve("speedscope/package.json")), "dist/release");
const bundle = fs.readFileSync(path.join(folder, fs.readdirSync(folder).find((name) => /^speedscope-.*\.js$/.test(name))), "utf8");
const [, importer] = bundle.match(/async function ([\w$]+)\(\w+,\w+\)\{return\(await \w+\)\.importProfilesFromArrayBuffer/);
const anything = () => new Proxy(() => {}, { get: (_, key) => (key === Symbol.toPrimitive ? () => "" : anything()), apply: anything, construct: anything });
const nothing = () => { throw new Error("no page"); };
const page = { createElement: anything, addEventListener() {}, get body() { return nothing(); }, getElementById: nothing };
const context = vm.createContext({ document: page, window: { addEventListener() {}, location: {}, devicePixelRatio: 1 }, navigator: anything(), location: anything(), TextDecoder, TextEncoder, URLSearchParams, URL, performance, setTimeout,
  Uint8Array, ArrayBuffer, console: { log() {}, warn() {}, error() {} } });
context.self = context;
const start = bundle.indexOf("(()=>{") + "(()=>{".length;
try {
  vm.runInContext(`${bundle.slice(0, start)}globalThis.read=(...a)=>${importer}(...a);${bundle.slice(start)}`, context);
} catch (error) {
  if (error.message !== "no page") throw error;
}
(async () => {
  for (const file of process.argv.slice(2)) {
    const bytes = fs.readFileSync(file);
    const group = await context.read(path.basename(file), bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
    for (const profile of group.profiles) {
      const frames = [];
      profile.forEachFrame((frame) => frames.push(frame.name));
      console.log(JSON.stringify({ file: path.basename(file), name: profile.getName(), total: profile.getTotalNonIdleWeight(), frames }));
    }
  }
})();
