// The peer of `cargo xtask bench --only render`: markdown-it, with DOMPurify on jsdom behind it or without.
//   bench-render.mjs safe|bare FILE      FILE: a JSON string a line
// Prints one JSON line. Every note is rendered once before, so that what is measured is compiled.
import fs from 'node:fs';
import createDOMPurify from 'dompurify';
import { JSDOM } from 'jsdom';
import MarkdownIt from 'markdown-it';

const [kind, file] = process.argv.slice(2);
const notes = fs.readFileSync(file, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line));

const markdown = new MarkdownIt({ html: true, linkify: true });
const purify = createDOMPurify(new JSDOM('').window);
const render = kind === 'safe' ? (text) => purify.sanitize(markdown.render(text)) : (text) => markdown.render(text);

for (const note of notes) render(note);
const started = performance.now();
let html = 0;
for (const note of notes) html += render(note).length;
console.log(JSON.stringify({ seconds: (performance.now() - started) / 1000, html }));
