import { join } from 'node:path';
import ts from 'typescript';

const USUAL = {
  strict: true,
  noEmit: true,
  types: ['node'],
  target: 'es2023',
  lib: ['es2023', 'dom', 'dom.asynciterable', 'esnext.disposable'],
};

/**
 * What `tsc` would say to a consumer about this file of theirs and about the declarations of this package. Those of other packages are
 * not checked: axios's own are not clean under every setting, and it takes most of the time.
 *
 * @param settings - as they stand in a `tsconfig.json`
 */
export function problemsWith(folder: string, file: string, settings: object): string[] {
  const { options, errors } = ts.convertCompilerOptionsFromJson({ ...USUAL, ...settings }, folder);
  const program = ts.createProgram([join(folder, file)], options, hostOf(options));
  const checked = program
    .getSourceFiles()
    .filter(
      ({ fileName }) =>
        fileName === join(folder, file) || fileName.includes('/node_modules/axios-bearer/'),
    );
  const problems = [
    ...errors,
    ...program.getOptionsDiagnostics(),
    ...program.getGlobalDiagnostics(),
    ...checked.flatMap((source) => [
      ...program.getSyntacticDiagnostics(source),
      ...program.getSemanticDiagnostics(source),
    ]),
  ];
  return problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

/** What was parsed under the same settings: the libraries, above all. */
const parsed = new Map<string, ts.SourceFile | undefined>();

function hostOf(options: ts.CompilerOptions): ts.CompilerHost {
  const host = ts.createCompilerHost(options);
  const parse = host.getSourceFile.bind(host);
  host.getSourceFile = (file, ...how) => {
    const key = [options.module, options.moduleResolution, file].join();
    if (!parsed.has(key)) parsed.set(key, parse(file, ...how));
    return parsed.get(key);
  };
  return host;
}
