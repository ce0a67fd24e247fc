import { useLayoutEffect, useRef } from 'preact/hooks';
import type { ComponentChildren, TargetedKeyboardEvent } from 'preact';

import {
  type Call,
  type CoolDown,
  type CrowdKind,
  fullHeight,
  type LaneView,
  type Mark,
  type Span,
  type Traffic,
} from '../lane-view.js';
import { onFilm, read, reading, roll, SHOWN_MS, stopReading } from './film.js';
import { CrowdGlyph } from './glyphs.js';
import {
  callInWords,
  callLabel,
  coolDownInWords,
  flagLabel,
  inWords,
  PHASE_WORDS,
} from './words.js';

/** The short labels are for phones. */
const ROWS: readonly { readonly name: string; readonly label: string; readonly short?: string }[] =
  [
    { name: 'rejected', label: '401' },
    { name: 'joined', label: 'joined' },
    { name: 'waited', label: 'waited' },
    { name: 'outcome', label: 'replayed, failed', short: 'outcome' },
    { name: 'token', label: 'token' },
    { name: 'endpoint', label: 'token endpoint', short: 'calls' },
  ];

/** The last minute of one provider, drawn along from right to left. */
export function Timeline({ lane }: { readonly lane: LaneView }) {
  const frame = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => (frame.current === null ? undefined : roll(frame.current)), []);
  const full = fullHeight(lane.traffic);
  return (
    <div class="timeline">
      <div class="rows" aria-hidden="true">
        {ROWS.map(({ name, label, short = label }) => (
          <span key={name} class={`row-label ${name}`}>
            <span class="long">{label}</span>
            <span class="short">{short}</span>
          </span>
        ))}
      </div>
      <div
        class="frame"
        ref={frame}
        role="group"
        tabIndex={0}
        aria-label={`${lane.title}, the last minute. The arrow keys walk through what happened.`}
        onKeyDown={walk}
      >
        <Axis />
        <div class="film">
          {lane.traffic.map((one) => (
            <TrafficBar key={one.id} one={one} full={full} />
          ))}
          {lane.spans.map((span) => (
            <SpanBand key={span.from} span={span} />
          ))}
          {lane.coolDowns.map((coolDown) => (
            <CoolDownBand key={coolDown.id} coolDown={coolDown} />
          ))}
          {lane.calls.map((call, index) => (
            <CallBar key={call.id} call={call} next={lane.calls[index + 1]} />
          ))}
          {lane.marks.map((mark) => (
            <MarkSign key={mark.id} mark={mark} level={levelOf(mark, lane.marks)} />
          ))}
          <div class="present" />
        </div>
      </div>
    </div>
  );
}

/** A span on the film, in seconds; what still lasts runs past the present, to the end of the frame. */
function stretch(from: number, to: number | undefined): Record<string, string> {
  return {
    '--from': onFilm(from).toFixed(2),
    '--lasts': (((to ?? from + 3 * SHOWN_MS) - from) / 1000).toFixed(2),
  };
}

function TrafficBar({ one, full }: { readonly one: Traffic; readonly full: number }) {
  const { at, ok, failed } = one;
  const share = (count: number) => `${((100 * count) / full).toFixed(1)}%`;
  return (
    <div class="traffic" style={stretch(at - 500, at)}>
      {ok > 0 && <i class="ok" style={{ height: share(ok) }} />}
      {failed > 0 && <i class="bad" style={{ height: share(failed) }} />}
    </div>
  );
}

function SpanBand({ span }: { readonly span: Span }) {
  const { phase, serial, from, to } = span;
  return (
    <div class={`span phase-${phase}`} style={stretch(from, to)}>
      <span class="span-label">
        {serial !== undefined && <b>#{serial}</b>} {PHASE_WORDS[phase]}
      </span>
    </div>
  );
}

function CoolDownBand({ coolDown }: { readonly coolDown: CoolDown }) {
  const { cause, from, to } = coolDown;
  return (
    <Sign
      class="cool-down"
      at={from}
      style={stretch(from, to)}
      words={coolDownInWords(cause, to - from)}
    >
      <span class="span-label">cooling down</span>
    </Sign>
  );
}

/** A label needs this much room before the next call. */
const LABEL_MS = 8_000;

function CallBar({ call, next }: { readonly call: Call; readonly next: Call | undefined }) {
  const { from, ended } = call;
  const hasRoom = next === undefined || next.from - from > LABEL_MS;
  const outcome = ended === undefined ? 'open' : ended.errorType === undefined ? 'good' : 'bad';
  return (
    <Sign
      class={`call ${outcome}`}
      at={from}
      style={stretch(from, ended?.at)}
      words={ended === undefined ? 'Token call: under way.' : callInWords(ended)}
    >
      <i class="bar" />
      {hasRoom && <span class="call-label">{callLabel(call)}</span>}
    </Sign>
  );
}

/** The row of each mark; flags have the axis to themselves. */
const ROW_OF: Readonly<Record<CrowdKind, string>> = {
  rejected: 'rejected',
  joined: 'joined',
  waited: 'waited',
  replayed: 'outcome',
  failed: 'outcome',
};

const isFlag = ({ kind }: Mark) => kind === 'pressed' || kind === 'switched';

const FLAG_LEVELS = 3;
const FLAG_MS = 12_000;

/** Flags that are close together are stacked. */
function levelOf(mark: Mark, marks: readonly Mark[]): number {
  if (!isFlag(mark)) return 0;
  const before = marks.filter(
    (other) => isFlag(other) && other.id < mark.id && mark.at - other.at < FLAG_MS,
  );
  return before.length % FLAG_LEVELS;
}

function MarkSign({ mark, level }: { readonly mark: Mark; readonly level: number }) {
  const words = inWords(mark) ?? '';
  if (mark.kind === 'pressed' || mark.kind === 'switched') {
    return (
      <Sign class="flag" at={mark.at} style={stretch(mark.at, mark.at)} words={words}>
        <span class="flag-label" style={{ '--level': level }}>
          {flagLabel(mark)}
        </span>
      </Sign>
    );
  }
  const tone = mark.kind === 'failed' || (mark.kind === 'replayed' && !mark.accepted) ? 'bad' : '';
  return (
    <Sign
      class={`mark ${mark.kind} ${tone} row-${ROW_OF[mark.kind]}`}
      at={mark.at}
      style={stretch(mark.at, mark.lastAt)}
      words={words}
    >
      <CrowdGlyph kind={mark.kind} />
      {mark.count > 1 && <span class="count">{mark.count}</span>}
    </Sign>
  );
}

/** Something on the time line that explains itself when pointed at or reached with the arrow keys. */
function Sign({
  words,
  at,
  children,
  ...rest
}: {
  readonly class: string;
  readonly at: number;
  readonly style: Record<string, string>;
  readonly words: string;
  readonly children?: ComponentChildren;
}) {
  return (
    <button
      {...rest}
      type="button"
      data-at={at}
      tabIndex={-1}
      aria-label={words}
      onPointerEnter={({ currentTarget }) => read(currentTarget, words)}
      onPointerLeave={({ currentTarget }) => stopReading(currentTarget)}
      onFocus={({ currentTarget }) => read(currentTarget, words)}
      onBlur={({ currentTarget }) => stopReading(currentTarget)}
    >
      {children}
    </button>
  );
}

const STEPS: Readonly<Record<string, (index: number, last: number) => number>> = {
  ArrowLeft: (index, last) => (index < 0 ? last : Math.max(0, index - 1)),
  ArrowRight: (index, last) => (index < 0 ? last : Math.min(last, index + 1)),
  Home: () => 0,
  End: (_, last) => last,
};

/** The whole time line is one tab stop; the arrow keys move from sign to sign. */
function walk(event: TargetedKeyboardEvent<HTMLDivElement>): void {
  const frame = event.currentTarget;
  if (event.key === 'Escape') {
    frame.focus();
    return;
  }
  const step = STEPS[event.key];
  if (step === undefined) return;
  event.preventDefault();
  const signs = [...frame.querySelectorAll<HTMLElement>('[data-at]')].sort(
    (one, other) => Number(one.dataset['at']) - Number(other.dataset['at']),
  );
  const index = signs.findIndex((sign) => sign === document.activeElement);
  signs[step(index, signs.length - 1)]?.focus({ preventScroll: true });
}

const TICKS = [60, 50, 40, 30, 20, 10, 0];

function Axis() {
  return (
    <div class="axis" aria-hidden="true">
      {TICKS.map((second) => (
        <span key={second} style={{ '--ago': second }}>
          {second === 0 ? 'now' : `${second} s`}
        </span>
      ))}
    </div>
  );
}

/** What the sign under the pointer, or in focus, stands for. */
export function Tip() {
  const current = reading.value;
  if (current === undefined) return null;
  const { left, top, width } = current.sign.getBoundingClientRect();
  const middle = Math.min(Math.max(left + Math.min(width, 40) / 2, 150), innerWidth - 150);
  return (
    <div class="tip" style={{ left: `${middle.toFixed(0)}px`, top: `${top.toFixed(0)}px` }}>
      {current.words}
      <small>Standing still while you read</small>
    </div>
  );
}
