import type { Service } from '../../../../aws/service.ts';
import { Checkpoints } from '../../durable/checkpoints.ts';
import type { Lambda } from '../../lambda.ts';
import {
  sendDurableExecutionCallbackFailure,
  sendDurableExecutionCallbackHeartbeat,
  sendDurableExecutionCallbackSuccess,
} from './callbacks.ts';
import { checkpointDurableExecution, getDurableExecutionState } from './checkpoint.ts';
import {
  getDurableExecution,
  getDurableExecutionHistory,
  listDurableExecutionsByFunction,
  stopDurableExecution,
} from './executions.ts';

/** The operations on executions of durable functions. */
export function durableOperations(lambda: Lambda): Service['operations'] {
  const checkpoints = new Checkpoints(lambda.durable);
  return {
    CheckpointDurableExecution: checkpointDurableExecution(checkpoints),
    GetDurableExecution: getDurableExecution(lambda),
    GetDurableExecutionHistory: getDurableExecutionHistory(lambda),
    GetDurableExecutionState: getDurableExecutionState(checkpoints),
    ListDurableExecutionsByFunction: listDurableExecutionsByFunction(lambda),
    SendDurableExecutionCallbackFailure: sendDurableExecutionCallbackFailure(lambda),
    SendDurableExecutionCallbackHeartbeat: sendDurableExecutionCallbackHeartbeat(lambda),
    SendDurableExecutionCallbackSuccess: sendDurableExecutionCallbackSuccess(lambda),
    StopDurableExecution: stopDurableExecution(lambda),
  };
}
