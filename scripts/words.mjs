// Reads what users, operators and developers read, and refuses words that scripts/words.txt retires, and long lines of
// Markdown. `node scripts/words.mjs` checks the repository, `--self-test` that it finds what it has to find.
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const LONGEST = 120;
// Where string literals are text for people, and where doc comments are (help of commands, descriptions of the API).
const LITERALS = /^(app\/src\/(pages|ui|frame|islands)|domain\/src|db\/src|jobs\/src|server\/src)\/.*\.rs$/;
const HELP = /^server\/src\/((commands|api)\/.*|events\/mod)\.rs$/;
const SCRIPTS = /^public\/.*\.js$/;
const TESTS = /\/(tests|testing)(\/|\.rs$)|\/fuzz\.rs$/;
const SQL = /^\s*(select|insert|update|delete|with|create|alter|drop|copy|from|where|and|or|order by|left join|join|\(select|set)\b/i;

const rules = readRules(readFileSync(new URL('words.txt', import.meta.url), 'utf8'));

if (process.argv.includes('--self-test')) selfTest();
else report();

/** Prints every finding of the repository; fails when there is one. */
function report() {
  const files = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' });
  const known = files.split('\n').filter(Boolean);
  const found = known.flatMap((path) => {
    const read = readerOf(path);
    return read ? check(path, read(readFileSync(path, 'utf8'))) : [];
  });
  const unused = rules.allowed.filter((rule) => !rule.used).map((rule) => `scripts/words.txt: unused exception "${rule.text}" for ${rule.path}`);
  for (const line of [...found, ...unused]) console.error(line);
  if (found.length + unused.length) {
    console.error(`${found.length + unused.length} findings. Use the words after "use", or add an exception with its reason to scripts/words.txt.`);
    process.exit(1);
  }
}

/** How the text of a file is found; nothing for files that have none. */
function readerOf(path) {
  if (TESTS.test(path)) return undefined;
  if (/\.md$/.test(path)) return markdown;
  if (path === '.env.example') return (source) => source.split('\n').map((text, n) => ({ line: n + 1, text: text.startsWith('#') ? text : '' }));
  if (SCRIPTS.test(path)) return (source) => literals(source, "'\"`");
  if (!LITERALS.test(path)) return undefined;
  return (source) => {
    const cut = source.indexOf('#[cfg(test)]');
    const own = cut < 0 ? source : source.slice(0, cut);
    const texts = literals(own, '"').filter(({ text }) => !SQL.test(text));
    return HELP.test(path) ? [...texts, ...docComments(own)] : texts;
  };
}

/** The findings in the texts of a file, as lines that editors can follow. */
function check(path, texts) {
  return texts.flatMap(({ line, text, tooLong }) => {
    const found = rules.words.filter((rule) => rule.pattern.test(text)).filter((rule) => !isAllowed(path, text, rule));
    const lines = found.map((rule) => `${path}:${line}: "${rule.pattern.exec(text)[0]}": use ${rule.better}`);
    return tooLong ? [...lines, `${path}:${line}: longer than ${LONGEST} characters`] : lines;
  });
}

function isAllowed(path, text, rule) {
  const allowed = rules.allowed.find((a) => isUnder(a.path, path) && text.includes(a.text) && rule.pattern.test(a.text));
  if (allowed) allowed.used = true;
  return Boolean(allowed);
}

function isUnder(rule, path) {
  return rule === '*' || rule === path || (rule.endsWith('/') && path.startsWith(rule));
}

/**
 * String literals of a program, outside of comments, attributes and classes. Placeholders are no text, and a single word
 * without a capital is a name.
 */
function literals(source, quotes) {
  const found = [];
  let line = 1;
  for (let at = 0; at < source.length; at += 1) {
    const character = source[at];
    if (character === '\n') line += 1;
    else if (source.startsWith('//', at)) at = endOf(source, '\n', at) - 1;
    else if (source.startsWith('#[expect', at)) at = endOf(source, ']\n', at);
    else if (character === "'" && !quotes.includes("'") && /^'(\\.[^']*|[^'\\])'/.test(source.slice(at, at + 12))) {
      at += /^'(\\.[^']*|[^'\\])'/.exec(source.slice(at, at + 12))[0].length - 1;
    } else if (quotes.includes(character)) {
      let end = at + 1;
      while (end < source.length && source[end] !== character) end += source[end] === '\\' ? 2 : 1;
      const raw = source.slice(at + 1, end);
      const text = raw.replace(/\\\n\s*/g, '').replace(/\{[^{}]*\}/g, '{}');
      const isClass = /class=(format!\()?$/.test(source.slice(at - 15, at));
      if (!isClass && (/\s/.test(text) || /^[A-Z]/.test(text))) found.push({ line, text });
      line += raw.split('\n').length - 1;
      at = end;
    }
  }
  return found;
}

/** Doc comments of fields, variants and operations; those of functions are for developers. */
function docComments(source) {
  const lines = source.split('\n');
  const about = (n) => lines.slice(n).find((text) => !/^\s*\/\/\//.test(text)) ?? '';
  return lines.flatMap((text, n) => {
    const found = /^\s*\/\/\/ (.*)/.exec(text);
    const isShown = found && !/^\s*(pub(\(\w+\))? )?(const |async |struct |enum |impl |fn |static )/.test(about(n));
    return isShown ? [{ line: n + 1, text: withoutCode(found[1]) }] : [];
  });
}

/** Lines of Markdown without code. Tables, code and lines that are one link may be long. */
function markdown(source) {
  let isCode = false;
  return source.split('\n').map((text, n) => {
    const isFence = /^\s*```/.test(text);
    if (isFence) isCode = !isCode;
    if (isFence || isCode) return { line: n + 1, text: '' };
    const mayBeLong = /^\s*\|/.test(text) || /^\s*(\[[^\]]*\]: |!?\[[^\]]*\]\([^)]*\)$|<?https?:\S+>?$)/.test(text);
    return { line: n + 1, text: withoutCode(text), tooLong: !mayBeLong && text.length > LONGEST };
  });
}

function withoutCode(text) {
  return text.replace(/`[^`]*`/g, '``').replace(/\]\([^)]*\)/g, ']');
}

function endOf(source, what, from) {
  const at = source.indexOf(what, from);
  return at < 0 ? source.length : at;
}

function readRules(source) {
  const [words, allowed] = source.split('[allowed]');
  const lines = (part) => part.split('\n').map((line) => line.trim()).filter((line) => line && !line.startsWith('#'));
  return {
    words: lines(words).flatMap((line) => {
      const [retired, better] = line.split(' = ');
      return retired.split(', ').map((word) => ({ better, pattern: patternOf(word) }));
    }),
    allowed: lines(allowed).map((line) => {
      const [, path, text] = /^([^:]+): (.*) -- .+$/.exec(line) ?? [];
      if (!path) throw new Error(`scripts/words.txt: an exception needs a path, a text and a reason: ${line}`);
      return { path, text };
    }),
  };
}

function patternOf(word) {
  const plain = word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const ending = word.includes(' ') ? '' : '(s|es|ed|ing)?';
  return new RegExp(`(?<![\\w-])${plain}${ending}(?![\\w-])`, 'i');
}

/** Each sample must give exactly so many findings: a check that cannot fail proves nothing. */
function selfTest() {
  const samples = [
    ['app/src/pages/x.rs', 'fn a() { view! { <p class="kept">"Nobody gets in."</p> } }\n#[cfg(test)]\nmod t { const X: &str = "A letter went out"; }', 1],
    ['app/src/pages/x.rs', '// somebody\nlet a = "You can open \\\n   nothing"; let b = "kept"; let c = \'"\'; let d = "The file of leaked passwords";', 1],
    ['app/src/pages/tests/x.rs', 'let a = "Somebody else";', 0],
    ['server/src/commands/x.rs', '/// Say who gets mail; whoever runs it.\n#[arg(long)]\nb: bool,\n/// Nobody reads it.\nfn b() {}', 1],
    ['db/src/x.rs', 'let a = "select kept from somebody"; let b = "It is over.";', 1],
    ['public/x.js', 'mark.textContent = "Go on"; // somebody', 1],
    ['README.md', 'A letter.\n```\nsomebody\n```\nCode like `kept` is not read.\n', 1],
    ['README.md', `${'long '.repeat(30)}\n| ${'cell '.repeat(40)} |\n`, 1],
    ['.env.example', '# Who may come back\nKEPT=somebody\n', 1],
  ];
  for (const [path, source, expected] of samples) {
    const read = readerOf(path);
    const found = read ? check(path, read(source)) : [];
    if (found.length === expected) continue;
    console.error(`self-test: ${expected} findings expected in ${JSON.stringify(source)}, found ${JSON.stringify(found)}`);
    process.exit(1);
  }
}
