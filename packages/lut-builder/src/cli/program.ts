// SPDX-License-Identifier: Apache-2.0
/**
 * The command line: commands, arguments and options. What they do is in commands/.
 *
 * commander parses and writes the help: it has no dependencies, its own types, and suggests names
 * for mistyped ones. @bomb.sh/tab makes completion for bash, zsh, fish and PowerShell from the
 * same definitions; yargs has the first two only, and six dependencies.
 */
import {Command, InvalidArgumentError, Option} from 'commander';
import {hasExtension} from '../file-extension.js';
import {packageVersion} from '../package-version.js';
import {MAX_MANTISSA_BITS} from '@tfjs-approx/arithmetic';
import {MAX_FRACTION_BITS} from '@tfjs-approx/arithmetic/internal';
import {ENTRY_KINDS} from '../node.js';
import {MAX_MEMORY_LIMIT, MIN_MEMORY_LIMIT} from '../sources/c/compiler.js';
import {MAX_TIME_LIMIT} from '../sources/time-limit.js';
import {build} from './commands/build.js';
import {convert} from './commands/convert.js';
import {inspect} from './commands/inspect.js';
import {list} from './commands/list.js';
import {metrics} from './commands/metrics.js';
import {report} from './commands/report.js';
import type {NamedValues} from '../sources/named-values.js';
import {addCompletion} from './complete.js';
import {type Report, paint} from './command-output.js';
import {LAYOUTS} from './table-file.js';

/** @param print Called once, when a command has succeeded. */
export function createProgram(print: (report: Report, asJson: boolean) => void): Command {
  const program = new Command('lut-builder')
    .description('Build, convert, inspect and compare tables of approximate multipliers.')
    .version(packageVersion(), '-V, --version', 'Print the version')
    .helpOption('-h, --help', 'Show this help')
    .helpCommand('help [command]', 'Show the help of a command')
    .exitOverride()
    // main.ts prints errors, in one line.
    .configureOutput({outputError: () => {}})
    .configureHelp({styleTitle: title => paint('bold', title)});

  const command = (usage: string, description: string, examples: readonly string[]) => {
    const lines = examples.map(example => `  $ lut-builder ${example}`).join('\n');
    return program
      .command(usage)
      .description(description)
      .helpOption('-h, --help', 'Show this help')
      .option('--json', 'Print the result as JSON')
      .option('--verbose', 'Print the stack trace of an error')
      .addHelpText('after', () => `\n${paint('bold', 'Examples:')}\n${lines}`);
  };
  /** Commander passes the arguments, then the options, then the command. */
  const reporting =
    <Args extends unknown[]>(run: (...args: Args) => Report | Promise<Report>) =>
    async (...args: [...Args, Command]) => {
      const {json = false} = args.at(-2) as {json?: boolean};
      print(await run(...(args.slice(0, -1) as Args)), json);
    };
  const layoutOption = () =>
    new Option('--layout <layout>', 'Layout of the file (default: told from its name)').choices(
      LAYOUTS,
    );
  const bitsOption = (description: string) =>
    new Option('-m, --mantissa-bits <m>', description).argParser(mantissaBits);
  const entriesOption = () =>
    new Option(
      '--entries <kind>',
      'What the entries of a .npy or .csv table are (default: told from their values)',
    ).choices(ENTRY_KINDS);

  command('list', 'List the multipliers that can be named', ['list', 'list mbm'])
    .argument('[filter]', 'Only names that contain it')
    .action(reporting(list));

  command('build', 'Build the table of a published multiplier or of a model of your own', [
    'build mbm7 -o mbm7.safetensors',
    'build mbm7 --layout approxtrain-u8 -o MBM_7.bin',
    'build model.mjs --function multiply --mantissa-bits 7 -o model.safetensors',
    'build model.c --function multiply --mantissa-bits 7 -o model.safetensors',
    'build my_mult.v --top my_mult --param W=8 -o my.safetensors',
    'build signed_mult.v --signed -o signed.safetensors',
    'build products.npy -o products.safetensors',
  ])
    .argument(
      '<source...>',
      'Name of a multiplier, a module that exports (a, b) => number, C, C++ or Verilog files, ' +
        'or a table of products (.npy, .csv, .bin)',
    )
    .requiredOption('-o, --output <file>', 'File to write: .safetensors, or *_<m>.bin')
    .addOption(layoutOption())
    .addOption(
      bitsOption(
        'Fraction bits of the operands (of a source file), the leading ones of wider operands',
      ),
    )
    .option(
      '--function <name>',
      'Function to tabulate (of a model; default: the default export, the only one in C)',
    )
    .option(
      '--name <name>',
      "The table's name (of a source file; default: its name, or that of the Verilog module)",
    )
    .addOption(
      new Option(
        '--rounding <rounding>',
        'Rounding of operands (of a source file; default: truncate)',
      ).choices(['truncate', 'nearestEven']),
    )
    .addOption(
      new Option(
        '--product-bits <n>',
        'Round products to the nearest multiple of 2^-n (of a model; default: as they are)',
      ).argParser(productBits),
    )
    .addOption(
      new Option(
        '-I, --include <folder>',
        'Folder of included files (of C or Verilog; repeatable)',
      ).argParser((folder: string, others: readonly string[] = []) => [...others, folder]),
    )
    .addOption(
      new Option(
        '--operand-bits <n>',
        'Bits of the operands in wider types or ports (of C or Verilog; default: all)',
      ).argParser(operandBits),
    )
    .option(
      '--signed',
      "Operands are two's complement (of C or Verilog); significands have n-1 bits",
    )
    .addOption(
      new Option(
        '--max-mred <percent>',
        'Refuse a model with a larger mean relative error (default: 25)',
      ).argParser(maxMred),
    )
    .addOption(
      new Option('-D, --define <name=value>', 'Macro (of C or Verilog; repeatable)').argParser(
        namedValue,
      ),
    )
    .addOption(
      new Option(
        '--param <name=value>',
        'Parameter of the top module (of Verilog; repeatable)',
      ).argParser(namedValue),
    )
    .option(
      '--top <module>',
      'Module to synthesise (of Verilog; default: the outermost one, named like the file if several)',
    )
    .addOption(
      new Option(
        '--ports <a,b,p>',
        'Ports of operands and product (of Verilog; default: recognised)',
      ).argParser(portNames),
    )
    .addOption(entriesOption())
    .addOption(
      new Option(
        '--time-limit <seconds>',
        'For compiling and for running (of C; default: 30), or synthesis (of Verilog; default: 60)',
      ).argParser(timeLimit),
    )
    .addOption(
      new Option('--memory-limit <MiB>', 'That a model may use (of C; default: 64)').argParser(
        memoryLimit,
      ),
    )
    .action(reporting(build));

  command('inspect', 'Check a table file and show what it holds', ['inspect mbm7.safetensors'])
    .argument('<file>', 'Table file')
    .addOption(bitsOption('Fraction bits, if the name of a .bin file does not say them'))
    .addOption(entriesOption())
    .action(reporting(inspect));

  command('convert', 'Write a table file in another layout', [
    'convert MBM_7.bin mbm7.safetensors --name mbm7',
    'convert mbm7.safetensors MBM_7.bin --layout approxtrain-u32',
  ])
    .argument('<in>', 'Table file to read')
    .argument('<out>', 'Table file to write: .safetensors, or *_<m>.bin')
    .addOption(layoutOption())
    .addOption(bitsOption('Fraction bits, if the name of a .bin file read does not say them'))
    .addOption(entriesOption())
    .option('--name <name>', 'Another name for the table (default: as in the file)')
    .action(reporting(convert));

  command('metrics', 'Compare the errors of multipliers', [
    'metrics mbm7 mitchell7 model.safetensors',
  ])
    .argument('<multiplier...>', 'Names of multipliers, or table files')
    .addOption(bitsOption('Fraction bits, if the name of a .bin file does not say them'))
    .addOption(entriesOption())
    .action(reporting(metrics));

  command('report', 'Compare the errors of multipliers in a page with charts', [
    'report mbm7 mitchell7 model.safetensors -o report.html',
    'report mbm7 mitchell7 --png report.png --svg report.svg',
    'report mbm7 mitchell7 --operands operands.json -o report.html',
  ])
    .argument('<multiplier...>', 'Names of multipliers, or table files')
    .addOption(
      new Option(
        '-o, --output <file>',
        'Page to write, one .html file that needs no other',
      ).argParser(fileEndingIn('.html', '.htm')),
    )
    .addOption(
      new Option('--svg <file>', 'Picture to write as .svg').argParser(fileEndingIn('.svg')),
    )
    .addOption(
      new Option('--png <file>', 'Picture to write as .png').argParser(fileEndingIn('.png')),
    )
    .option('--operands <file>', 'Operands of a run, saved from recordOperands, to judge by')
    .addOption(bitsOption('Fraction bits, if the name of a .bin file does not say them'))
    .addOption(entriesOption())
    .action(reporting(report));

  addCompletion(program);
  return program;
}

/** Of a file to write. */
function fileEndingIn(...extensions: string[]): (path: string) => string {
  return path => {
    if (hasExtension(path, extensions)) return path;
    throw new InvalidArgumentError(`Expected a file that ends in ${extensions.join(' or ')}.`);
  };
}

function portNames(text: string): string[] {
  const names = text.split(',').map(name => name.trim());
  if (names.length === 3 && names.every(name => name !== '') && new Set(names).size === 3) {
    return names;
  }
  throw new InvalidArgumentError('Expected three names: first operand, second operand, product.');
}

function mantissaBits(text: string): number {
  return wholeNumber(text, 1, MAX_MANTISSA_BITS);
}

function productBits(text: string): number {
  return wholeNumber(text, 0, MAX_FRACTION_BITS);
}

function operandBits(text: string): number {
  return wholeNumber(text, 2, 64);
}

function maxMred(text: string): number {
  const percent = Number(text);
  if (!(percent > 0)) throw new InvalidArgumentError('Expected percent above 0.');
  return percent;
}

function namedValue(text: string, others: NamedValues = {}): NamedValues {
  const [, name, value = ''] = /^([A-Za-z_]\w*)(?:=(.*))?$/s.exec(text) ?? [];
  if (name === undefined) throw new InvalidArgumentError('Expected NAME=VALUE.');
  return {...others, [name]: value};
}

function memoryLimit(text: string): number {
  return wholeNumber(text, MIN_MEMORY_LIMIT, MAX_MEMORY_LIMIT);
}

function wholeNumber(text: string, least: number, most: number): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < least || number > most) {
    throw new InvalidArgumentError(`Expected an integer in ${least}..${most}.`);
  }
  return number;
}

function timeLimit(text: string): number {
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= MAX_TIME_LIMIT)) {
    throw new InvalidArgumentError(`Expected a number above 0 and at most ${MAX_TIME_LIMIT}.`);
  }
  return seconds;
}
