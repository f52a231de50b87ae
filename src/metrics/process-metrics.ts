import type { Meter } from '@opentelemetry/api';

/** What every Prometheus client tells of its process, under the names that dashboards know. */
export function createProcessMetrics(meter: Meter, build: { readonly release: string; readonly mode: string }): void {
  const startedAt = Math.round(Date.now() / 1000 - process.uptime());
  const watch = (name: string, description: string, read: () => number) =>
    meter.createObservableGauge(name, { description }).addCallback((result) => result.observe(read()));

  watch('process_start_time_seconds', 'When this process began, in seconds since 1970.', () => startedAt);
  watch('process_resident_memory_bytes', 'Memory that this process holds.', () => process.memoryUsage.rss());
  meter
    .createObservableCounter('process_cpu_seconds_total', { description: 'Time of processors that this process took.' })
    .addCallback((result) => {
      const { user, system } = process.cpuUsage();
      result.observe((user + system) / 1e6);
    });
  meter
    .createObservableGauge('toygres_build_info', { description: 'Always 1; what runs is in its labels.' })
    .addCallback((result) => result.observe(1, { version: build.release, mode: build.mode }));
}
