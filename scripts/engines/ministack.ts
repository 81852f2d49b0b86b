import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folderOf } from './cache.js';
import { run } from './command.js';
import { CREDENTIALS, REGION } from './glue.js';
import { freePort, type RunningServer, runFolder, startServer } from './server.js';

export const ACCOUNT = '000000000000';

export interface MiniStack extends RunningServer {
  readonly endpoint: string;
  /** What a client process needs to reach it: the CDK's command line, an SDK. */
  readonly environment: NodeJS.ProcessEnv;
  /** File of the certificate it serves, when it enforces policies. */
  readonly certificate?: string;
  /** Runs the CDK's own command line against it, and returns what it printed. */
  cdk(args: readonly string[], options?: CdkOptions): Promise<string>;
}

export interface CdkOptions {
  readonly cwd?: string;
  /** Variables for the app. */
  readonly env?: NodeJS.ProcessEnv;
}

export interface MiniStackOptions {
  /** Enforces the IAM policies of Lambda roles; serves TLS with a certificate of its own, as its SDK calls are signed for. */
  readonly enforceIam?: boolean;
}

/** An empty AWS account on the loopback interface. */
export async function startMiniStack(options: MiniStackOptions = {}): Promise<MiniStack> {
  const port = await freePort();
  const folder = runFolder('ministack');
  const tls = options.enforceIam === true ? await certificate(folder) : undefined;
  const endpoint = `${tls === undefined ? 'http' : 'https'}://localhost:${port}`;
  const environment = clientEnvironment(endpoint, tls?.certificate);
  const server = await startServer({
    name: 'ministack',
    command: join(folderOf('ministack'), 'bin/ministack'),
    args: [],
    cwd: folder,
    env: serverEnvironment(folder, port, tls),
    ready: () => answers(endpoint, environment),
    timeoutMs: 60_000,
  });
  const cdk = (args: readonly string[], { cwd = folder, env = {} }: CdkOptions = {}) =>
    run(join(import.meta.dirname, '../../node_modules/.bin/cdk'), [...args, '--no-color', '--ci'], {
      cwd,
      env: { ...environment, ...env },
      timeoutMs: 300_000,
    });
  return { ...server, endpoint, environment, ...(tls === undefined ? {} : { certificate: tls.certificate }), cdk };
}

interface Tls {
  readonly key: string;
  readonly certificate: string;
}

/** fetch of this process does not trust the certificate, which a child can be told to. */
async function answers(endpoint: string, environment: NodeJS.ProcessEnv): Promise<void> {
  const script = `fetch('${endpoint}/_ministack/health').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))`;
  await run(process.execPath, ['-e', script], { env: environment });
}

async function certificate(folder: string): Promise<Tls> {
  const tls = { key: join(folder, 'key.pem'), certificate: join(folder, 'certificate.pem') };
  await run('openssl', [
    ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost'],
    ...['-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1,DNS:*.localhost', '-keyout', tls.key, '-out', tls.certificate],
  ]);
  return tls;
}

function serverEnvironment(folder: string, port: number, tls: Tls | undefined): NodeJS.ProcessEnv {
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary);
  // Its Lambda worker is a CommonJS file, which this project's package.json would make an ES module.
  writeFileSync(join(temporary, 'package.json'), '{}');
  return {
    ...process.env,
    GATEWAY_PORT: String(port),
    BIND_HOST: '127.0.0.1',
    TMPDIR: temporary,
    S3_DATA_DIR: join(folder, 's3'),
    // Listeners of services that are not used here, on ports of their own.
    IOT_MTLS_ENABLED: '0',
    SFTP_ENABLED: '0',
    SFN_WAIT_SCALE: '0.05',
    // Lambdas are bundled: nothing of this project's own modules may help them.
    NODE_PATH: '',
    NODE_OPTIONS: '',
    ...(tls === undefined ? {} : enforcing(tls)),
  };
}

function enforcing({ key, certificate }: Tls): NodeJS.ProcessEnv {
  // The last one is for the Lambda workers.
  return { AUTH: 'true', USE_SSL: '1', MINISTACK_SSL_KEY: key, MINISTACK_SSL_CERT: certificate, NODE_EXTRA_CA_CERTS: certificate };
}

function clientEnvironment(endpoint: string, certificate: string | undefined): NodeJS.ProcessEnv {
  return {
    ...process.env,
    NODE_OPTIONS: '',
    AWS_ENDPOINT_URL: endpoint,
    AWS_ENDPOINT_URL_S3: endpoint,
    AWS_ACCESS_KEY_ID: CREDENTIALS.accessKeyId,
    AWS_SECRET_ACCESS_KEY: CREDENTIALS.secretAccessKey,
    AWS_REGION: REGION,
    AWS_DEFAULT_REGION: REGION,
    CDK_DISABLE_CLI_TELEMETRY: 'true',
    ...(certificate === undefined ? {} : { NODE_EXTRA_CA_CERTS: certificate, AWS_CA_BUNDLE: certificate }),
  };
}
