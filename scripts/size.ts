/** How much there is to maintain: source lines by top-level folder, files over 250 lines. Fails above the budget. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
export const LINES_MAX = 36_000;

/** Source files: not tests, benches, examples or generated ones. */
export function sourceFiles(): { readonly file: string; readonly lines: number }[] {
  return execFileSync('git', ['ls-files', '*.ts', '*.cts', '*.mjs'], { cwd: root, encoding: 'utf8' })
    .trim()
    .split('\n')
    .filter((file) => !/^(test|bench|examples)\/|(^|\/)generated\//.test(file))
    .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length - 1 }));
}

if (import.meta.main) {
  const files = sourceFiles();
  const total = files.reduce((sum, { lines }) => sum + lines, 0);
  const folders = new Map<string, number>();
  for (const { file, lines } of files) {
    const [top = ''] = file.split('/');
    folders.set(top, (folders.get(top) ?? 0) + lines);
  }
  for (const [folder, lines] of [...folders].sort((a, b) => b[1] - a[1]))
    console.log(`${String(lines).padStart(7)} ${folder}`);
  const sorted = files.map(({ lines }) => lines).sort((a, b) => a - b);
  console.log(`${String(total).padStart(7)} source lines in ${files.length} files, at most ${LINES_MAX}`);
  console.log(`${String(sorted[sorted.length >> 1]).padStart(7)} lines in the median file`);
  for (const { file, lines } of files) if (lines > 250) console.log(`${String(lines).padStart(7)} ${file}`);
  process.exitCode = total > LINES_MAX ? 1 : 0;
}
