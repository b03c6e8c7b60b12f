import { METRICS } from '../../src/contract/index.ts';
import type { Context } from '../options.ts';
import { RECORDED } from '../recorded.ts';
import type { AlertRule } from '../rule.ts';
import { WINDOWS } from '../thresholds.ts';
import { number, shortened, value } from './fragments.ts';

const R = RECORDED;

/**
 * When the calls began to fail, in Unix seconds: the newest moment at which less than half of today's share failed, else the first at which
 * any did. Not when the condition became true: that is later by what the windows hold.
 */
function began(c: Context): string {
  const share = `sum(${R.failures('confirm')}{s,codes=""}) / sum(${R.calls('confirm')}{svc})`;
  const over = `[${c.w('twoHours')}:${c.w('evaluation')}]`;
  return `(max_over_time(timestamp(2 * ${share} < {value})${over}) or min_over_time(timestamp(${share} > 0)${over}))`;
}

/** "14:02 UTC, 3 min before this page"; a demonstration, whose minutes are short, counts real seconds. */
export function since(c: Context, rule: AlertRule): string {
  const [seconds, unit] = c.scale < 1 ? [1, 's'] : [60, 'min'];
  return (
    value(rule.page.about, began(c), '{{ with . | first | value | toTime }}{{ .Format "15:04 MST" }}{{ end }}') +
    value(rule.page.about, `(time() - ${began(c)}) / ${seconds}`, `, ${number} ${unit} before this page`)
  );
}

/**
 * The newest version of the service, where Prometheus has seen another in the last day. Its first call is the earliest that was ever said: after
 * a restart the collector takes every version for new.
 */
export function deploy(c: Context, rule: AlertRule): string {
  const first = `min by (service_name, service_version) (min_over_time(${METRICS.versionFirstSeen.name}{service}[${c.w('day')}]))`;
  const fresh = `topk(1, ${first} > time() - ${WINDOWS.deploy * c.scale} and on (service_name) count by (service_name) (${first}) > 1)`;
  const distance = '{{ . | first | value | humanizeDuration | reReplaceAll "[.][0-9]+s$" "s" }}';
  return (
    value(
      rule.page.about,
      fresh,
      `{{ with first . }}version {{ ${shortened('.Labels.service_version', 60)} }}{{ end }}`,
    ) +
    value(
      rule.page.about,
      `(scalar(${began(c)}) - ${fresh}) >= 0`,
      `, first seen ${distance} before the calls began to fail`,
    ) +
    value(rule.page.about, `(${fresh} - scalar(${began(c)})) > 0`, ', first seen after the calls began to fail')
  );
}
