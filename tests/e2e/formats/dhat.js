// Loads DHAT files as valgrind's viewer does, and prints what it shows: dh_view.js FILE, and a page that is not there.
const fs = require("fs"), vm = require("vm");
class Element {
  constructor(text) { this.childNodes = []; this.own = text ?? ""; this.classList = { add() {}, remove() {}, contains: () => false }; }
  appendChild(child) { this.childNodes.push(child); child.parentNode = this; return child; }
  removeChild() { this.childNodes.pop(); }
  get lastChild() { return this.childNodes[this.childNodes.length - 1]; }
  get firstChild() { return this.childNodes[0]; }
  get children() { return this.childNodes; }
  get nextSibling() { return null; }
  setAttribute() {}
  set textContent(text) { this.own = text; this.childNodes = []; }
  get textContent() { return this.own + this.childNodes.map((c) => c.textContent).join(""); }
  get selectedIndex() { return 0; }
  addEventListener() {}
  cloneNode() { return new Element(); }
replaceChild(by, old) { this.childNodes[this.childNodes.indexOf(old)] = by; by.parentNode = this; }
}
const document = { body: new Element(), createElement: () => new Element(), createTextNode: (t) => new Element(t), location: { search: "" }, title: "" };
const context = vm.createContext({ document, performance, URLSearchParams, window: {}, console, input: fs.readFileSync(process.argv[3], "utf8") });
vm.runInContext(fs.readFileSync(process.argv[2], "utf8"), context);
vm.runInContext("onLoad(); gData = JSON.parse(input); buildTree(); displayTree(0, 0, 0)", context);
console.log(document.body.textContent);
