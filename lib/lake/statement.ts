import type { IKey } from 'aws-cdk-lib/aws-kms';
import { Aws } from 'aws-cdk-lib/core';
import type { ILakeZone } from '../model/step.js';

/** What a role may do: exact actions on exact resources. Built by intent with the functions below. */
export interface Statement {
  readonly actions: readonly string[];
  /** ARNs. A wildcard only as the end of a prefix. */
  readonly resources: readonly string[];
  readonly conditions?: Readonly<Record<string, Readonly<Record<string, string | readonly string[]>>>>;
  /** Why a wildcard stands in a resource. Required where one does; ends up in security reports. */
  readonly because?: string;
}

const OWN_PREFIX = "objects below one table's own prefix: their names are made at run time";

/** Read the objects below a prefix of a zone. */
export function readObjects(zone: ILakeZone, prefix: string): Statement[] {
  return [{ actions: ['s3:GetObject'], resources: [objects(zone, prefix)], because: OWN_PREFIX }, decryptWith(zone.encryptionKey, 's3')];
}

/** List the objects below a prefix of a zone, and no others. */
export function listObjects(zone: ILakeZone, prefix: string): Statement[] {
  return [{ actions: ['s3:ListBucket'], resources: [zone.bucket.bucketArn], conditions: { StringLike: { 's3:prefix': [`${prefix}*`] } } }];
}

/** Write objects below a prefix that are not there yet: `If-None-Match` is demanded, so that the role itself cannot overwrite. One request an object. */
export function writeObjectsOnce(zone: ILakeZone, prefix: string): Statement[] {
  return [
    {
      actions: ['s3:PutObject'],
      resources: [objects(zone, prefix)],
      conditions: { Null: { 's3:if-none-match': 'false' } },
      because: OWN_PREFIX,
    },
    encryptWith(zone.encryptionKey, 's3'),
  ];
}

/** Write objects below a prefix, in one request or in parts, for services that cannot ask whether one is there. */
export function writeObjects(zone: ILakeZone, prefix: string): Statement[] {
  return [
    {
      actions: ['s3:PutObject', 's3:AbortMultipartUpload', 's3:ListMultipartUploadParts'],
      resources: [objects(zone, prefix)],
      because: OWN_PREFIX,
    },
    encryptWith(zone.encryptionKey, 's3'),
    // Completing an upload in parts reads the parts' data key.
    decryptWith(zone.encryptionKey, 's3'),
  ];
}

/** Delete objects below a prefix. */
export function deleteObjects(zone: ILakeZone, prefix: string): Statement[] {
  return [{ actions: ['s3:DeleteObject'], resources: [objects(zone, prefix)], because: OWN_PREFIX }];
}

/** Decrypt with a key, only through one service. */
export function decryptWith(key: IKey, service: 's3' | 'kinesis' | 'sns' | 'sqs'): Statement {
  return useKey(key, service, ['kms:Decrypt']);
}

/** Make data keys to encrypt with, only through one service. */
export function encryptWith(key: IKey, service: 's3' | 'kinesis' | 'sns' | 'sqs'): Statement {
  return useKey(key, service, ['kms:GenerateDataKey']);
}

/** Publish to an encrypted topic: encrypting a message needs both rights. */
export function publishTo(topic: { readonly arn: string; readonly encryptionKey: IKey }): Statement[] {
  return [{ actions: ['sns:Publish'], resources: [topic.arn] }, useKey(topic.encryptionKey, 'sns', ['kms:GenerateDataKey', 'kms:Decrypt'])];
}

function useKey(key: IKey, service: string, actions: readonly string[]): Statement {
  return {
    actions,
    resources: [key.keyArn],
    conditions: { StringEquals: { 'kms:ViaService': `${service}.${Aws.REGION}.${Aws.URL_SUFFIX}` } },
  };
}

function objects(zone: ILakeZone, prefix: string): string {
  return zone.bucket.arnForObjects(`${prefix}*`);
}
