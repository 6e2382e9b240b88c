// Decodes a profile with pprof-format (npm), and prints sums of its samples by kind, its functions and its longest line: pprof.js FILE
const fs = require("fs"), zlib = require("zlib"), { Profile } = require("pprof-format");
const profile = Profile.decode(zlib.gunzipSync(fs.readFileSync(process.argv[2])));
const text = (i) => profile.stringTable.strings[Number(i)];
const byId = (list) => new Map(list.map((item) => [String(item.id), item]));
const functions = byId(profile.function), locations = byId(profile.location), mappings = byId(profile.mapping);
const sums = {};
let inlined = 0;
for (const sample of profile.sample) {
  const kind = sample.label.filter((l) => text(l.key) === "leak_kind").map((l) => text(l.str))[0];
  sums[kind] ??= [0, 0];
  sample.value.forEach((value, i) => (sums[kind][i] += Number(value)));
  for (const id of sample.locationId) {
    const location = locations.get(String(id));
    if (Number(location.mappingId) && !mappings.has(String(location.mappingId))) throw new Error("no such mapping");
    inlined = Math.max(inlined, location.line.length);
    for (const line of location.line) if (text(functions.get(String(line.functionId)).name) === undefined) throw new Error("no such name");
  }
}
const types = profile.sampleType.map((t) => `${text(t.type)}/${text(t.unit)}`);
console.log(JSON.stringify({ types, default: text(profile.defaultSampleType), sums, inlined, names: profile.function.map((f) => text(f.name)) }));
