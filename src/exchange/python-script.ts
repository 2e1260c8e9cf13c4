import { pythonFeatures, pythonModel } from './python-model.ts';
import { memberCountOf, type Model } from './model.ts';
import command from './python/command.py?raw';
import steps from './python/steps.py?raw';
import table from './python/table.py?raw';

/** Stands in a template for what made the model. */
const MADE_BY = 'MADE_BY';
/** Stands in the docstring of an ensemble for how many it is of. */
const MEMBER_COUNT = 'MEMBER_COUNT';
/** Begins a part of a template that only some models need, or ends a line that is such a part; `# end` ends the former. */
const ONLY = /^(.*?)\s*# only: (.*)$/;
const END = /^\s*# end$/;
const IMPORT = /^(?:import|from) .*$/;
const DOCSTRING = /^"""[^]*?"""\n/;

/** Of `python/`, for one package. */
interface ScriptTemplates {
  readonly activations: string;
  /** A docstring first; predicts and trains on. */
  readonly network: string;
  /** A docstring first; predicts with several networks. */
  readonly ensemble: string;
}

/**
 * One Python script of templates and what all of them share: the docstring, every import, the templates, the rest, the
 * model, and its start.
 *
 * @param features beside those of the model, what the template is about: `pytorch`
 */
export function composeScript(
  { activations, network, ensemble }: ScriptTemplates,
  model: Model,
  features: readonly string[],
): string {
  const memberCount = memberCountOf(model);
  const template = memberCount > 1 ? ensemble : network;
  const wanted = new Set([...pythonFeatures(model), ...features]);
  const [docstring = ''] = template.match(DOCSTRING) ?? [];
  const own = [activations, template.slice(docstring.length)];
  const parts = memberCount > 1 ? [...own, table, command] : [...own, steps, table, command];
  const lines = parts.map((part) => keepWanted(part, wanted).split('\n'));
  const imports = new Set(lines.flat().filter((line) => IMPORT.test(line)));
  const code = lines.map((part) =>
    part
      .filter((line) => !IMPORT.test(line))
      .join('\n')
      .trim(),
  );
  const text = [
    docstring.replace(MADE_BY, () => plainName(model.madeBy)).replace(MEMBER_COUNT, `${memberCount}`),
    `${sortImports([...imports])}\n`,
    `${code.join('\n\n\n')}\n\n`,
    pythonModel(model),
    'if __name__ == "__main__":\n    main()\n',
  ].join('\n');
  // What was left out leaves its blank lines behind.
  return text.replace(/\n{4,}/g, '\n\n\n');
}

/** A template without the parts that nothing wanted asks for, and without the marks of those that stay. */
function keepWanted(template: string, wanted: ReadonlySet<string>): string {
  const kept: string[] = [];
  // Whether each part that the line stands in is wanted, the outermost first.
  const parts: boolean[] = [];
  for (const line of template.split('\n')) {
    if (END.test(line)) {
      parts.pop();
      continue;
    }
    const [, code = line, names] = line.match(ONLY) ?? [];
    const isWanted = names?.split(', ').some((name) => wanted.has(name)) ?? true;
    if (code.trim() === '' && names !== undefined) parts.push(isWanted);
    else if (isWanted && !parts.includes(false)) kept.push(code);
  }
  return kept.join('\n');
}

/** Python’s own modules, then others. */
function sortImports(imports: readonly string[]): string {
  const isForeign = (line: string) => /^\w+ (?:numpy|torch)\b/.test(line);
  const own = imports.filter((line) => !isForeign(line)).toSorted();
  return [...own, '', ...imports.filter(isForeign)].join('\n');
}

/** A model file can say anything of what made it; in a comment stands a plain name. */
function plainName(madeBy: string): string {
  return madeBy.replace(/[^\w .+-]/g, '?');
}
