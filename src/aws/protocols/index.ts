import type { ProtocolName } from '../shapes/model.ts';
import { jsonRpc } from './json-rpc.ts';
import type { Protocol } from './protocol.ts';
import { ec2Query, query } from './query.ts';
import { restJson } from './rest-json.ts';
import { restXml } from './rest-xml.ts';
import { rpcCbor } from './rpc-cbor.ts';

export const PROTOCOLS: Readonly<Record<ProtocolName, Protocol>> = {
  'json-1.0': jsonRpc('1.0'),
  'json-1.1': jsonRpc('1.1'),
  'rest-json': restJson,
  'rest-xml': restXml,
  'rpc-v2-cbor': rpcCbor,
  query,
  'ec2-query': ec2Query,
};
