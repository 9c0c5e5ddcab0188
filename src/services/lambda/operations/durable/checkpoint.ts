import type {
  CheckpointDurableExecutionCommandInput,
  CheckpointDurableExecutionCommandOutput,
  GetDurableExecutionStateCommandInput,
  GetDurableExecutionStateCommandOutput,
} from '@aws-sdk/client-lambda';
import type { Operation } from '../../../../aws/service.ts';
import type { Checkpoints } from '../../durable/checkpoints.ts';
import { showOperation } from '../../durable/show.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_CheckpointDurableExecution.html */
export function checkpointDurableExecution(
  checkpoints: Checkpoints,
): Operation<CheckpointDurableExecutionCommandInput, CheckpointDurableExecutionCommandOutput> {
  return (input) => {
    const { token, operations } = checkpoints.checkpoint(input);
    return {
      CheckpointToken: token,
      NewExecutionState: { Operations: operations.map(showOperation) },
    };
  };
}

/** https://docs.aws.amazon.com/lambda/latest/api/API_GetDurableExecutionState.html */
export function getDurableExecutionState(
  checkpoints: Checkpoints,
): Operation<GetDurableExecutionStateCommandInput, GetDurableExecutionStateCommandOutput> {
  return (input) => {
    const { operations, marker } = checkpoints.state(input);
    return { Operations: operations.map(showOperation), NextMarker: marker };
  };
}
