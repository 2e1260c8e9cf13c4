/**
 * The first key that an object in a JSON text has twice, where `JSON.parse` would keep the last value only.
 *
 * @param json valid JSON: it is not checked
 */
export function repeatedKey(json: string): string | undefined {
  const open: Set<string>[] = [];
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === '{') open.push(new Set());
    if (character === '}') open.pop();
    if (character !== '"') continue;
    const start = at;
    for (at++; at < json.length && json[at] !== '"'; at++) if (json[at] === '\\') at++;
    if (!isKey(json, at + 1)) continue;
    // An escape may spell the same key in another way.
    const key = JSON.parse(json.slice(start, at + 1)) as string;
    const keys = open[open.length - 1];
    if (keys.has(key)) return key;
    keys.add(key);
  }
  return undefined;
}

/** Whether what ended before `at` is followed by a colon. */
function isKey(json: string, at: number): boolean {
  while (/\s/.test(json[at] ?? '')) at++;
  return json[at] === ':';
}
