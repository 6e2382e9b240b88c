// Renders Markdown as GitHub does, by marked (npm), and prints the cells of its table, a row a line, and every tag that is in it.
const fs = require("fs"), { marked } = require("marked");
const html = marked.parse(fs.readFileSync(process.argv[2], "utf8"), { gfm: true });
const rows = [...html.matchAll(/<tr>([^]*?)<\/tr>/g)].map((row) => [...row[1].matchAll(/<t[hd][^>]*>([^]*?)<\/t[hd]>/g)].map((cell) => cell[1]));
console.log(JSON.stringify({ rows, tags: [...new Set([...html.matchAll(/<([a-z0-9]+)/gi)].map((tag) => tag[1]))].sort() }));
