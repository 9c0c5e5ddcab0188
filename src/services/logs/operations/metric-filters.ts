import type {
  DeleteMetricFilterCommandInput,
  DeleteMetricFilterCommandOutput,
  DescribeMetricFiltersCommandInput,
  DescribeMetricFiltersCommandOutput,
  MetricTransformation,
  PutMetricFilterCommandInput,
  PutMetricFilterCommandOutput,
  TestMetricFilterCommandInput,
  TestMetricFilterCommandOutput,
} from '@aws-sdk/client-cloudwatch-logs';
import type { Operation } from '../../../aws/service.ts';
import { invalidParameter, limitExceeded, notFound } from '../errors.ts';
import { readFilterPattern } from '../filter-pattern.ts';
import { checkStandardClass, groupNamed, type Logs } from '../logs.ts';
import { pageOf } from '../pages.ts';
import { metricFilters } from '../stored.ts';

const MOST_OF_GROUP = 100;
const MOST_DIMENSIONS = 3;

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html */
export function putMetricFilter(
  logs: Logs,
): Operation<PutMetricFilterCommandInput, PutMetricFilterCommandOutput> {
  return (input, call) => {
    const { filterName, filterPattern, metricTransformations, applyOnTransformedLogs = false } = input;
    const group = groupNamed(logs, call, input.logGroupName!);
    checkStandardClass(group);
    const logGroupName = group.name;
    readFilterPattern(filterPattern!);
    for (const transformation of metricTransformations!) checkTransformation(transformation, filterPattern!);
    checkSystemFields(input.fieldSelectionCriteria);
    const filters = metricFilters(logs);
    const before = filters.get(call, logGroupName, filterName!);
    if (!before && filters.countOf(call, logGroupName) >= MOST_OF_GROUP) throw limitExceeded();
    filters.put(call, logGroupName, filterName!, {
      filterName,
      filterPattern,
      metricTransformations,
      creationTime: before?.creationTime ?? call.clock.now(),
      logGroupName,
      applyOnTransformedLogs,
      fieldSelectionCriteria: input.fieldSelectionCriteria,
      emitSystemFieldDimensions: input.emitSystemFieldDimensions,
    });
    return {};
  };
}

function checkTransformation(transformation: MetricTransformation, filterPattern: string): void {
  const { dimensions = {}, defaultValue, metricNamespace, metricValue } = transformation;
  if (metricNamespace!.startsWith('AWS/')) {
    throw invalidParameter('Metric namespaces starting with AWS/ are reserved for AWS.');
  }
  const count = Object.keys(dimensions).length;
  if (count > 0 && defaultValue !== undefined) {
    throw invalidParameter(
      'Invalid metric transformation: dimensions and default value are mutually exclusive properties.',
    );
  }
  if (count > MOST_DIMENSIONS) {
    throw invalidParameter(
      `Invalid metric transformation: more than ${MOST_DIMENSIONS} dimensions are not allowed.`,
    );
  }
  if (!Object.values(dimensions).every((value) => value.startsWith('$'))) {
    throw invalidParameter('Invalid metric transformation: dimension value must be valid selector');
  }
  if (count > 0 && !/^\s*[[{]/.test(filterPattern)) {
    throw invalidParameter('The specified filter pattern does not support dimensions');
  }
  if (!metricValue!.startsWith('$') && !Number.isFinite(Number(metricValue || 'none'))) {
    throw invalidParameter(`Invalid metric transformation: ${metricValue} is not a number or a field.`);
  }
}

function checkSystemFields(criteria: string | undefined): void {
  if (criteria !== undefined && !criteria.includes('@aws.')) {
    throw invalidParameter('The provided field selection criteria is invalid');
  }
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DeleteMetricFilter.html */
export function deleteMetricFilter(
  logs: Logs,
): Operation<DeleteMetricFilterCommandInput, DeleteMetricFilterCommandOutput> {
  return ({ logGroupName, filterName }, call) => {
    const { name } = groupNamed(logs, call, logGroupName!);
    if (!metricFilters(logs).delete(call, name, filterName!)) {
      throw notFound('The specified metric filter does not exist.');
    }
    return {};
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_DescribeMetricFilters.html */
export function describeMetricFilters(
  logs: Logs,
): Operation<DescribeMetricFiltersCommandInput, DescribeMetricFiltersCommandOutput> {
  return (input, call) => {
    const { logGroupName, filterNamePrefix = '', metricName, metricNamespace } = input;
    if (metricName !== undefined && metricNamespace === undefined) {
      throw invalidParameter(
        'If you include the metricName parameter in your request, you must also include the metricNamespace parameter.',
      );
    }
    if (metricName === undefined && metricNamespace !== undefined) {
      throw invalidParameter(
        'If you include the metricNamespace parameter in your request, you must also include the metricName parameter.',
      );
    }
    const filters = metricFilters(logs);
    const all =
      logGroupName === undefined
        ? filters.all(call)
        : filters.ofParent(call, groupNamed(logs, call, logGroupName).name);
    const found = all.filter(
      ({ filterName, metricTransformations }) =>
        filterName!.startsWith(filterNamePrefix) &&
        (metricName === undefined ||
          metricTransformations!.some(
            (it) => it.metricName === metricName && it.metricNamespace === metricNamespace,
          )),
    );
    const page = pageOf(
      'DescribeMetricFilters',
      found,
      (it) => `${it.logGroupName}\n${it.filterName}`,
      input,
    );
    return { metricFilters: page.items, nextToken: page.nextToken };
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_TestMetricFilter.html */
export function testMetricFilter(): Operation<TestMetricFilterCommandInput, TestMetricFilterCommandOutput> {
  return ({ filterPattern, logEventMessages }) => {
    const pattern = readFilterPattern(filterPattern!);
    const matches = logEventMessages!.flatMap((eventMessage, index) => {
      const extractedValues = pattern.extract(eventMessage);
      return extractedValues ? [{ eventNumber: index + 1, eventMessage, extractedValues }] : [];
    });
    return { matches };
  };
}
