import { planImage } from '../../workloads/docker/images/image-plan.ts';
import { listStoredImages } from '../../workloads/docker/images/stored-images.ts';
import { describeAge, describeSize } from '../amounts.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import type { Style } from '../style.ts';
import { tableLines } from '../table.ts';
import type { ImagesInput } from './input.ts';

interface Row {
  runtime: string;
  tag: string;
  state: 'current' | 'outdated' | 'not built';
  bytes?: number;
  created?: Date;
  containers?: string[];
}

/** Lists the images of ours, and which runtimes have none yet. */
export async function listImages({
  engine,
  context,
  known,
  named,
  plan,
  json,
}: ImagesInput): Promise<ExitCode> {
  const plans = known.map((definition) => planImage(definition, plan));
  const asked = named?.map(({ runtime, version }) => `${runtime} ${version}`);
  const stored = await listStoredImages(engine, plans);
  const rows: Row[] = [
    ...stored.map(
      ({ id: _, current, ...image }): Row => ({ ...image, state: current ? 'current' : 'outdated' }),
    ),
    ...plans
      .filter(({ tag }) => !stored.some((image) => image.tag === tag))
      .map(({ runtime, tag }): Row => ({ runtime, tag, state: 'not built' })),
  ].filter(({ runtime }) => !asked || asked.includes(runtime));
  const { out, clock } = context;
  if (json) {
    out.line(JSON.stringify(rows, null, 2));
    return EXIT.ok;
  }
  const { style } = out;
  const lines = tableLines(
    [
      { title: 'RUNTIME' },
      { title: 'IMAGE', flexible: true },
      { title: 'SIZE' },
      { title: 'AGE' },
      { title: 'STATE', paint: (state) => paintState(state, style) },
      { title: 'CONTAINERS' },
    ],
    rows.map(({ runtime, tag, state, bytes, created, containers }) => [
      runtime,
      tag,
      bytes === undefined ? '' : describeSize(bytes),
      created === undefined ? '' : describeAge(clock.now() - created.getTime()),
      state,
      containers === undefined ? '' : String(containers.length),
    ]),
    { width: out.columns, paintTitles: style.dim },
  );
  for (const line of lines) out.line(line);
  return EXIT.ok;
}

function paintState(state: string, style: Style): string {
  if (state === 'current') return style.green(state);
  return state === 'outdated' ? style.yellow(state) : style.dim(state);
}
