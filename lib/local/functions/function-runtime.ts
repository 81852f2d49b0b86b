import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import { LakeError } from '../../contract/lake-error.js';

export interface FunctionProps {
  readonly name: string;
  /** Folder of the code asset. */
  readonly code: string;
  /** `index.handler` */
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  /** Greatest number of invocations at once. @default the machine's cores */
  readonly concurrency?: number;
  readonly onLog?: (line: string) => void;
}

/** A function's failure: the error's type and nothing of its message, which may quote the payload. */
export class FunctionError extends Error {
  constructor(
    override readonly name: string,
    functionName: string,
  ) {
    super(`the function '${functionName}' failed with ${name}`);
  }
}

const MAX_PAYLOAD_BYTES = 6 * 1024 * 1024;

/** Runs in the worker: loads the handler once, answers one event after the other. Plain JavaScript, as it is not compiled. */
const WORKER = `
const { parentPort, workerData } = require('node:worker_threads');
const typeOf = (error) => (typeof error?.name === 'string' && /^[A-Za-z][A-Za-z0-9_.]{0,99}$/.test(error.name) ? error.name : 'Error');
const loaded = import(workerData.url).then((module) => module[workerData.export] ?? module.default?.[workerData.export]);
loaded.then(
  (handler) => parentPort.postMessage(typeof handler === 'function' ? { ready: true } : { broken: 'Runtime.HandlerNotFound' }),
  (error) => parentPort.postMessage({ broken: error?.name === 'SyntaxError' ? 'Runtime.UserCodeSyntaxError' : 'Runtime.ImportModuleError' }),
);
parentPort.on('message', async ({ event, requestId, deadline }) => {
  const context = { ...workerData.context, awsRequestId: requestId, getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()) };
  try {
    const result = await (await loaded)(JSON.parse(event), context);
    parentPort.postMessage({ result: JSON.stringify(result) ?? 'null' });
  } catch (error) {
    parentPort.postMessage({ failed: typeOf(error) });
  }
});
`;

type Answer = { readonly ready: true } | { readonly broken: string } | { readonly result: string } | { readonly failed: string };

/** A Lambda function: its real code in worker threads, one event at a time in each, kept warm between events. */
export class FunctionRuntime {
  private readonly idle: Worker[] = [];
  private readonly waiting: (() => void)[] = [];
  private readonly all = new Set<Worker>();
  private readonly limit: number;
  private running = 0;
  private requests = 0;

  constructor(private readonly props: FunctionProps) {
    this.limit = props.concurrency ?? Math.max(1, availableParallelism());
  }

  get name(): string {
    return this.props.name;
  }

  /**
   * Invokes the function and waits for its answer.
   * @throws FunctionError with the type of the error, `Sandbox.Timedout` after the synthesized timeout
   */
  async invoke(event: unknown): Promise<unknown> {
    return await this.invokeText(JSON.stringify(event));
  }

  /** The same for an event that is JSON text already. */
  async invokeText(payload: string): Promise<unknown> {
    if (Buffer.byteLength(payload) > MAX_PAYLOAD_BYTES) throw new FunctionError('RequestTooLargeException', this.props.name);
    if (this.running >= this.limit) await new Promise<void>((resolve) => this.waiting.push(resolve));
    else this.running++;
    try {
      const result = await this.call(payload);
      if (Buffer.byteLength(result) > MAX_PAYLOAD_BYTES) throw new FunctionError('Function.ResponseSizeTooLarge', this.props.name);
      return JSON.parse(result) as unknown;
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.running--;
      else next();
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.all].map((worker) => worker.terminate()));
  }

  private async call(event: string): Promise<string> {
    const worker = this.idle.pop() ?? (await this.start());
    const milliseconds = this.props.timeoutSeconds * 1000;
    const requestId = `00000000-0000-4000-8000-${String(this.requests++).padStart(12, '0')}`;
    try {
      const answer = this.answerOf(worker, milliseconds);
      worker.postMessage({ event, requestId, deadline: Date.now() + milliseconds });
      const settled = await answer;
      this.idle.push(worker);
      if ('result' in settled) return settled.result;
      throw new FunctionError('failed' in settled ? settled.failed : 'Error', this.props.name);
    } catch (error) {
      // A worker that timed out or died is in an unknown state.
      if (!this.idle.includes(worker)) await worker.terminate();
      throw error;
    }
  }

  private async start(): Promise<Worker> {
    const [file = '', exported = ''] = this.props.handler.split(/\.(?=[^.]*$)/);
    const path = ['.mjs', '.js', '.cjs'].map((extension) => join(this.props.code, `${file}${extension}`)).find(existsSync);
    if (path === undefined) throw new LakeError('local/handler', `the code of function '${this.props.name}' holds no '${file}.mjs'`);
    const worker = new Worker(WORKER, {
      eval: true,
      workerData: { url: pathToFileURL(path).href, export: exported, context: this.context() },
      env: { ...this.props.environment, AWS_LAMBDA_FUNCTION_NAME: this.props.name, LAMBDA_TASK_ROOT: this.props.code, TZ: 'UTC' },
      // The handler runs on plain Node, whatever loader runs this process.
      execArgv: [],
      stdout: true,
      stderr: true,
      resourceLimits: { maxOldGenerationSizeMb: this.props.memoryMegabytes },
    });
    this.all.add(worker);
    worker.once('exit', () => this.all.delete(worker));
    worker.setMaxListeners(0);
    worker.unref();
    for (const stream of [worker.stdout, worker.stderr]) createInterface({ input: stream }).on('line', (line) => this.props.onLog?.(line));
    const answer = await this.answerOf(worker, 10_000);
    if ('ready' in answer) return worker;
    await worker.terminate();
    throw new FunctionError('broken' in answer ? answer.broken : 'Runtime.Unknown', this.props.name);
  }

  private context(): Record<string, string> {
    return { functionName: this.props.name, functionVersion: '$LATEST', memoryLimitInMB: String(this.props.memoryMegabytes) };
  }

  private answerOf(worker: Worker, milliseconds: number): Promise<Answer> {
    return new Promise<Answer>((resolve, reject) => {
      const fail = (type: string) => reject(new FunctionError(type, this.props.name));
      const timer = setTimeout(() => settle(() => fail('Sandbox.Timedout')), milliseconds);
      const settle = (end: () => void): void => {
        clearTimeout(timer);
        worker.off('message', onMessage).off('error', onError).off('exit', onExit);
        worker.unref();
        end();
      };
      const onMessage = (answer: Answer): void => settle(() => resolve(answer));
      const onError = (error: NodeJS.ErrnoException): void =>
        settle(() => fail(error.code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'Runtime.OutOfMemory' : 'Runtime.ExitError'));
      const onExit = (): void => settle(() => fail('Runtime.ExitError'));
      worker.on('message', onMessage).on('error', onError).on('exit', onExit);
      worker.ref();
    });
  }
}
