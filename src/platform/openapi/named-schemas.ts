import * as activity from '../activity-schemas.ts';
import * as schemas from '../schemas.ts';

/** Schemas under the names by which the document refers to them. Input ones tell what is accepted, others what is sent. */
export const INPUTS = {
  CreateFunction: schemas.createBody,
  UpdateFunction: schemas.updateBody,
  Link: schemas.linkBody,
};
export const OUTPUTS = {
  FunctionId: schemas.functionId,
  Function: schemas.fullFunction,
  ListedFunction: schemas.listedFunction,
  FunctionList: schemas.functionList,
  FunctionStatus: schemas.functionStatus,
  FunctionTraffic: schemas.functionTraffic,
  Runtime: schemas.runtimeDocument,
  RuntimeList: schemas.runtimeList,
  Default: schemas.defaultDocument,
  Setup: schemas.setupAnswer,
  LinkedFunction: schemas.linkedFunction,
  Exchange: activity.exchange,
  Error: schemas.errorAnswer,
  EndpointError: schemas.endpointError,
};

export type SchemaName = keyof typeof INPUTS | keyof typeof OUTPUTS;
