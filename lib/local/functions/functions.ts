import { LakeError } from '../../contract/lake-error.js';
import type { Functions } from '../assembly/environment.js';
import type { Inventory, RunResource } from '../assembly/inventory.js';
import type { LocalEvent } from '../local-event.js';
import { variablesOf } from '../sources/local-source.js';
import { FunctionRuntime } from './function-runtime.js';

const DEFAULT_TIMEOUT_SECONDS = 3;
const DEFAULT_MEMORY_MEGABYTES = 128;

/** The functions of a stage, each started when first invoked. */
export class LocalFunctions implements Functions {
  private readonly runtimes = new Map<RunResource, FunctionRuntime>();

  constructor(
    private readonly inventory: Inventory,
    private readonly endpoint: string,
    private readonly onEvent: (event: LocalEvent) => void,
  ) {}

  resource(reference: unknown): RunResource | undefined {
    const plain = String(reference).replace(/(:function:[^:]+):[^:]+$/, '$1');
    return this.inventory.find('AWS::Lambda::Function', plain);
  }

  runtime(resource: RunResource): FunctionRuntime {
    const known = this.runtimes.get(resource);
    if (known !== undefined) return known;
    const { properties, path } = resource;
    if (
      properties['PackageType'] === 'Image' ||
      properties['Layers'] !== undefined ||
      !String(properties['Runtime'] ?? 'nodejs').startsWith('nodejs')
    ) {
      throw new LakeError('local/function', 'the local runtime runs functions of Node.js, without images and layers', { path });
    }
    const runtime = new FunctionRuntime({
      name: path,
      code: this.inventory.codeOf(resource),
      handler: String(properties['Handler'] ?? 'index.handler'),
      environment: {
        ...variablesOf(resource),
        AWS_REGION: resource.stack.region,
        AWS_DEFAULT_REGION: resource.stack.region,
        AWS_ACCESS_KEY_ID: 'local',
        AWS_SECRET_ACCESS_KEY: 'local',
        AWS_ENDPOINT_URL_S3: this.endpoint,
      },
      timeoutSeconds: Number(properties['Timeout'] ?? DEFAULT_TIMEOUT_SECONDS),
      memoryMegabytes: Number(properties['MemorySize'] ?? DEFAULT_MEMORY_MEGABYTES),
      ...(properties['ReservedConcurrentExecutions'] === undefined
        ? {}
        : { concurrency: Number(properties['ReservedConcurrentExecutions']) }),
      onLog: (line) => this.onEvent({ kind: 'log', function: path, line }),
    });
    this.runtimes.set(resource, runtime);
    return runtime;
  }

  async close(): Promise<void> {
    await Promise.all([...this.runtimes.values()].map((runtime) => runtime.close()));
  }
}
