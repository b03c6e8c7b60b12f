import {
  type DataFrame,
  dateTime,
  type FieldDisplay,
  getFieldDisplayValues,
  ThemeContext,
  type TimeRange,
} from '@grafana/data';
import {
  BarGauge,
  BigValue,
  GlobalStyles,
  PanelChrome,
  Table,
  TimeSeries,
  type UPlotConfigBuilder,
  VizRepeater,
} from '@grafana/ui';
import { type ReactNode, useLayoutEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { framesOf, type Page, type Panel, THEME } from './frames.ts';

declare global {
  interface Window {
    draw(page: Page): Promise<void>;
  }
}
/** Grafana's grid: 24 columns, 30 pixels a row, 8 between. */
const [ROW, GAP, WIDTH, TOP] = [30, 8, 1600, 64];
const column = (WIDTH + GAP) / 24;

interface Sized {
  panel: Panel;
  frames: DataFrame[];
  page: Page;
  width: number;
  height: number;
}

/** Dashed lines at the deploys, as Grafana's annotations are drawn. */
function Marks({ builder, page }: { builder: UPlotConfigBuilder; page: Page }) {
  useLayoutEffect(() => {
    builder.addHook('draw', (u) => {
      for (const mark of page.marks) {
        const x = Math.round(u.valToPos(mark.timeMs, 'x', true));
        if (x < u.bbox.left || x > u.bbox.left + u.bbox.width) continue;
        u.ctx.save();
        u.ctx.strokeStyle = u.ctx.fillStyle = '#B877D9';
        u.ctx.setLineDash([6, 4]);
        u.ctx.lineWidth = 2;
        u.ctx.beginPath();
        u.ctx.moveTo(x, u.bbox.top);
        u.ctx.lineTo(x, u.bbox.top + u.bbox.height);
        u.ctx.stroke();
        u.ctx.beginPath();
        u.ctx.moveTo(x - 7, u.bbox.top + u.bbox.height);
        u.ctx.lineTo(x + 7, u.bbox.top + u.bbox.height);
        u.ctx.lineTo(x, u.bbox.top + u.bbox.height - 10);
        u.ctx.fill();
        u.ctx.restore();
      }
    });
  }, [builder, page]);
  return null;
}

function Curves({ panel, frames, page, width, height }: Sized) {
  const range: TimeRange = {
    from: dateTime(page.fromMs),
    to: dateTime(page.toMs),
    raw: { from: dateTime(page.fromMs), to: dateTime(page.toMs) },
  };
  return (
    <TimeSeries
      frames={frames}
      width={width}
      height={height}
      timeRange={range}
      timeZone="utc"
      legend={panel.options.legend}
      options={panel.options}
    >
      {(builder) => <Marks builder={builder} page={page} />}
    </TimeSeries>
  );
}

const values = ({ panel, frames }: Sized, sparkline: boolean): FieldDisplay[] =>
  getFieldDisplayValues({
    fieldConfig: panel.fieldConfig,
    reduceOptions: panel.options.reduceOptions,
    replaceVariables: (text) => text,
    theme: THEME,
    data: frames,
    sparkline,
    timeZone: 'utc',
  });

function Stat(sized: Sized) {
  const { panel, width, height } = sized;
  const { graphMode, colorMode, textMode, justifyMode } = panel.options;
  const [value] = values(sized, graphMode !== 'none');
  return (
    <BigValue
      value={value!.display}
      sparkline={value!.sparkline}
      width={width}
      height={height}
      theme={THEME}
      colorMode={colorMode}
      graphMode={graphMode}
      textMode={textMode}
      justifyMode={justifyMode}
    />
  );
}

function Bars(sized: Sized) {
  const { panel, width, height } = sized;
  const all = values(sized, false);
  const longest = all.reduce((a, b) => (b.display.text.length > a.length ? b.display.text : a), '');
  return (
    <VizRepeater<FieldDisplay>
      source={all}
      getValues={() => all}
      width={width}
      height={height}
      orientation={panel.options.orientation}
      itemSpacing={8}
      minVizHeight={16}
      maxVizHeight={80}
      minVizWidth={8}
      renderCounter={0}
      renderValue={({ value, width, height, orientation }) => (
        <BarGauge
          value={value.display}
          field={value.field}
          display={value.view?.getFieldDisplayProcessor(value.colIndex ?? 0)}
          width={width}
          height={height}
          theme={THEME}
          orientation={orientation}
          displayMode={panel.options.displayMode}
          text={panel.options.text}
          valueDisplayMode={panel.options.valueMode}
          showUnfilled={panel.options.showUnfilled}
          alignmentFactors={{
            title: all.reduce((a, b) => ((b.display.title ?? '').length > a.length ? (b.display.title ?? '') : a), ''),
            text: longest,
          }}
        />
      )}
    />
  );
}

function Rows({ panel, frames, width, height }: Sized) {
  return (
    <Table
      data={frames[0]!}
      width={width}
      height={height}
      initialSortBy={panel.options.sortBy ?? []}
      cellHeight={panel.options.cellHeight}
    />
  );
}

const DRAW: Record<string, (sized: Sized) => ReactNode> = {
  timeseries: Curves,
  stat: Stat,
  bargauge: Bars,
  table: Rows,
};

function Box({ panel, frames, page }: { panel: Panel; frames: DataFrame[]; page: Page }) {
  const { x, y, w, h } = panel.gridPos;
  const width = Math.round(w * column - GAP);
  const height = h * (ROW + GAP) - GAP;
  const empty = frames.length === 0 || frames.every((f) => f.length === 0);
  const Draw = DRAW[panel.type]!;
  const style = { position: 'absolute', left: GAP + Math.round(x * column), top: TOP + y * (ROW + GAP) } as const;
  return (
    <div style={style} data-panel={panel.title} data-empty={empty}>
      <PanelChrome title={panel.title} description={panel.description} width={width} height={height}>
        {(innerWidth, innerHeight) =>
          empty ? (
            <div
              style={{
                display: 'grid',
                placeItems: 'center',
                height: innerHeight,
                fontSize: panel.type === 'stat' ? 22 : 14,
                color: THEME.colors.text.secondary,
              }}
            >
              {panel.fieldConfig.defaults.noValue}
            </div>
          ) : (
            <Draw panel={panel} frames={frames} page={page} width={innerWidth} height={innerHeight} />
          )
        }
      </PanelChrome>
    </div>
  );
}

const choices = (page: Page) =>
  Object.entries(page.choice).map(([name, value]) => (
    <span key={name} style={{ marginLeft: 14 }}>
      <span style={{ color: THEME.colors.text.secondary, marginRight: 6 }}>{name}</span>
      <span
        style={{
          background: THEME.colors.background.secondary,
          border: `1px solid ${THEME.colors.border.medium}`,
          borderRadius: 2,
          padding: '5px 9px',
        }}
      >
        {value}
      </span>
    </span>
  ));

window.draw = async (page) => {
  const { panels } = page;
  const frames = await Promise.all(panels.map((p) => framesOf(p, page)));
  const bottom = Math.max(...panels.map((p) => p.gridPos.y + p.gridPos.h));
  const root = document.getElementById('root')!;
  root.style.cssText = `position:relative;width:${WIDTH + 2 * GAP}px;height:${TOP + bottom * (ROW + GAP)}px`;
  createRoot(root).render(
    <ThemeContext.Provider value={THEME}>
      <GlobalStyles />
      <div style={{ position: 'absolute', left: GAP + 6, top: 16, right: GAP + 6, fontSize: 14 }}>
        <span style={{ fontSize: 20, fontWeight: 500, marginRight: 16 }}>{page.title}</span>
        {choices(page)}
        <span style={{ float: 'right', color: THEME.colors.text.secondary }}>
          {new Date(page.fromMs).toISOString().slice(11, 16)} – {new Date(page.toMs).toISOString().slice(11, 16)} UTC
        </span>
      </div>
      {panels.map((p, i) => (
        <Box key={p.id} panel={p} frames={frames[i]!} page={page} />
      ))}
    </ThemeContext.Provider>,
  );
};
